"""Readers that are extractive question-answering models: from (question, passage) to the best span.

A span's score is its start logit plus its end logit, without a softmax over the passage, so that
spans of different passages compare (Clark and Gardner, ACL 2018; Yang et al., BERTserini, 2019).
Any Hugging Face model for question answering will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xqg.passages.records import Passage
from xqg.progress import tracked
from xqg.reading.best_span import best_span
from xqg.reading.loading import Loaded, Member
from xqg.reading.span import Span
from xqg.reading.windows import Window, shortened, windows

__all__ = ["ExtractiveReader"]

LENGTH = 384  # tokens of a window, question included, where the model reads as many
STRIDE = 128  # tokens that neighbouring windows share
LONGEST_QUESTION = 1 / 3  # of a window
LONGEST_ANSWER = 30  # tokens, as in the scripts of BERT and SQuAD
BATCH = 32  # windows
CHUNK = 1024  # pairs tokenised at once: bounds memory


class ExtractiveReader:
    """A loaded question-answering model, or several; see `Reader`.

    Attributes:
        members: the models; several where the reader is cross-fitted.
        held_out: passage id → number of the member that never saw it; others are read by member 0.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.name = loaded.name
        self.fingerprint = loaded.fingerprint
        self.languages = loaded.languages
        self.dtype = loaded.dtype
        self.members = loaded.members
        self.held_out = loaded.held_out
        self.length = min([LENGTH, *(member.positions for member in self.members)])
        self.stride = min(STRIDE, self.length // 3)

    def settings(self) -> dict[str, Any]:
        """What a report says of the reader."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "dtype": self.dtype,
            "window": self.length,
            "stride": self.stride,
            "longest_answer": LONGEST_ANSWER,
            "cross_fitted": len(self.members),
        }

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        """The best span of each (question, passage), in order.

        A passage of which nothing can be read (no text) gives an empty span of score -inf.
        """
        spans: list[Span | None] = [None] * len(pairs)
        for number, member in enumerate(self.members):
            mine = [i for i, (_, passage) in enumerate(pairs) if self.held_out.get(passage.id, 0) == number]
            chunks = [mine[s : s + CHUNK] for s in range(0, len(mine), CHUNK)]
            for chunk in tracked(chunks, "reading"):
                found = self._read(member, [pairs[i] for i in chunk])
                for i, span in zip(chunk, found, strict=True):
                    spans[i] = span
        return [span for span in spans if span is not None]

    def _read(self, member: Member, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        questions = shortened(
            member.tokenizer, [question for question, _ in pairs], int(self.length * LONGEST_QUESTION)
        )
        texts = [passage.text for _, passage in pairs]
        spans = [Span("", passage.id, 0, 0, float("-inf")) for _, passage in pairs]
        every = windows(member.tokenizer, questions, texts, self.length, self.stride)
        every.sort(key=lambda window: len(window.offsets))  # little padding
        for start in range(0, len(every), BATCH):
            batch = every[start : start + BATCH]
            for window, (score, first, last) in zip(batch, _best(member, batch), strict=True):
                passage = pairs[window.pair][1]
                if score > spans[window.pair].score:
                    spans[window.pair] = _span(passage, score, first, last)
        return spans


def _best(member: Member, batch: Sequence[Window]) -> list[tuple[float, int, int]]:
    """(score, first character, last character's end) of each window's best span."""
    import torch

    longest = max(len(window.offsets) for window in batch)
    inputs = {}
    for name in batch[0].inputs:
        filler = member.padding if name == "input_ids" else 0
        rows = [w.inputs[name] + [filler] * (longest - len(w.offsets)) for w in batch]
        inputs[name] = torch.tensor(rows, device=member.device)
    with torch.inference_mode():
        output = member.model(**inputs)
    readable = torch.tensor(
        [[place is not None for place in w.offsets] + [False] * (longest - len(w.offsets)) for w in batch],
        device=member.device,
    )
    scores, starts, ends = best_span(output.start_logits, output.end_logits, readable, LONGEST_ANSWER)
    found = []
    for window, score, start, end in zip(
        batch, scores.tolist(), starts.tolist(), ends.tolist(), strict=True
    ):
        first, last = window.offsets[start], window.offsets[end]
        found.append((score, first[0], last[1]) if first and last else (float("-inf"), 0, 0))
    return found


def _span(passage: Passage, score: float, first: int, last: int) -> Span:
    """The span without white space at its ends: some tokenizers count the space before a word."""
    text = passage.text[first:last]
    first += len(text) - len(text.lstrip())
    text = text.strip()
    return Span(text, passage.id, first, first + len(text), score)
