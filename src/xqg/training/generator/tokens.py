"""A question and its passage as a seq2seq model's input and output: the prompt whole, the passage cut to fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.queries.prompt import fill

__all__ = ["IGNORED", "Tokens"]

IGNORED = -100  # a label that counts for nothing


class Tokens:
    """Turns pairs into token ids, with the one prompt that training, validation and generation share.

    Args:
        tokenizer: of the model.
        prompt: with {language}, {title} and {passage}.
        passage_length: tokens of the filled prompt.
        query_length: tokens of a question.
    """

    def __init__(self, tokenizer: Any, prompt: str, passage_length: int, query_length: int) -> None:
        self.tokenizer, self.prompt = tokenizer, prompt
        self.passage_length, self.query_length = passage_length, query_length

    def row(self, question: str, language: str, passage: Passage) -> dict[str, list[int]]:
        """`input_ids` of the filled prompt and `labels` of the question, each with the special tokens.

        Raises:
            XqgError: prompt and title alone are too long.
        """
        source = fill(self.prompt, language, passage.title, self.cut(language, passage))
        labels = self.tokenizer(text_target=question, truncation=True, max_length=self.query_length)
        return {"input_ids": self._ids(source), "labels": labels["input_ids"]}

    def cut(self, language: str, passage: Passage) -> str:
        """The longest beginning of a passage's text with which the filled prompt has at most `passage_length` tokens.

        Raises:
            XqgError: prompt and title alone are too long.
        """
        fits, too_long = 0, len(passage.text) + 1  # characters
        guess = len(passage.text)
        while too_long - fits > 1:
            if self._length(language, passage, guess) <= self.passage_length:
                fits = guess
            else:
                too_long = guess
            guess = (fits + too_long) // 2
        if not fits and self._length(language, passage, 0) > self.passage_length:
            raise XqgError(
                f"passage {passage.id!r}: prompt and title alone have more than {self.passage_length} tokens; raise "
                "passage_length"
            )
        return passage.text[:fits]

    def _length(self, language: str, passage: Passage, characters: int) -> int:
        return len(self._ids(fill(self.prompt, language, passage.title, passage.text[:characters])))

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    def batch(self, rows: Sequence[dict[str, list[int]]], model: Any) -> dict[str, Any]:
        """Tensors of shape (rows, tokens), padded: `input_ids`, `attention_mask`, `labels`, `decoder_input_ids`."""
        from transformers import DataCollatorForSeq2Seq

        collate = DataCollatorForSeq2Seq(self.tokenizer, model=model, label_pad_token_id=IGNORED)
        return dict(collate([{**row, "attention_mask": [1] * len(row["input_ids"])} for row in rows]))
