"""`R@<k>kt`: 1 where the first k·1,000 tokens of the ranking contain an answer, else 0.

XOR-Retrieve's measure (Asai et al., NAACL 2021), as the authors' `evals/eval_xor_retrieve.py`
computes it: the texts of the ranked passages (no titles) are tokenised by NLTK, joined by single
spaces and cut after k·1,000 tokens, across passage borders; a hit is an answer that, untouched and
case-sensitive, is a substring of that. Answers `yes` and `no` (exactly so) are left out, questions
left with none are not counted. Multiply by 100 for the script's percentages.

Differences from the script: where punkt's data is missing `preserve_line=True` is used (recorded by
`tokenizer_name`); a question that the run lacks counts 0 (the script does not count it); a ranking
too short to fill the tokens is refused (the script takes it as it is); blank answers, which occur in
every text, are left out; the measure is refused for passages that are not English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["Kilotoken", "token_count", "tokenizer_name"]


@dataclass(frozen=True)
class Kilotoken(Measure):
    """See the module; `k` in thousands of tokens."""

    form: ClassVar[str] = "R@<k>kt"
    examples: ClassVar[tuple[str, ...]] = ("R@2kt",)
    lacking: ClassVar[str] = "an answer other than yes and no"
    k: int

    @property
    def name(self) -> str:
        """`R@2kt`."""
        return f"R@{self.k}kt"

    @classmethod
    def parse(cls, text: str) -> Kilotoken | None:
        """`R@<k>kt` for k of 1 and more.

        Raises:
            XqgError: another number of kilotokens.
        """
        if not re.fullmatch(r"R@\S*kt", text):
            return None
        match = re.fullmatch(r"R@([1-9][0-9]*)kt", text)
        if match is None:
            raise XqgError(
                f"measure {text!r} needs a whole number of thousand tokens of 1 or more, such as R@2kt"
            )
        return cls(int(match[1]))

    @property
    def tokens(self) -> int:
        """How many are read of a ranking."""
        return self.k * 1000

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether the question has an answer that is neither blank nor yes or no."""
        return bool(_answers(question, benchmark))

    def depth(self, benchmark: Benchmark) -> int:
        """As many passages as fill the tokens when the shortest come first."""
        return _filled(sorted(token_count(passage.text) for passage in benchmark.passages), self.tokens)[0]

    def obstacle(
        self,
        benchmark: Benchmark,
        languages: Sequence[str],
        *,
        depth: int | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> str | None:
        """See `Measure.obstacle`: passages that are not English, a pool or rankings too short."""
        if reason := _not_english(benchmark) or super().obstacle(benchmark, languages):
            return reason
        enough, total = _filled((token_count(passage.text) for passage in benchmark.passages), self.tokens)
        if total < self.tokens:
            return f"all {enough} passages hold {total} tokens, it reads {self.tokens}"
        if runs is None and depth is not None and depth < self.depth(benchmark):
            return f"{depth} passages per question may hold fewer than the {self.tokens} tokens that it reads"
        for language, run in (runs or {}).items():
            for question in benchmark.questions_in(language):
                ids = [passage_id for passage_id, _ in run.get(question.id, [])]
                if ids and self.counts(question, benchmark) and (reason := self._too_short(question, ids, benchmark)):
                    return reason
        return None

    def per_question(
        self, run: Run, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `Measure.per_question`.

        Raises:
            XqgError: passages that are not English; a ranking too short while the pool has more.
        """
        if reason := _not_english(benchmark):
            raise XqgError(f"{self.name} {reason}; use Answer@5 or R@5")
        values: dict[str, float] = {}
        for question in questions:
            answers = _answers(question, benchmark)
            if not answers:
                continue
            ids = [passage_id for passage_id, _ in run.get(question.id, [])]
            if ids and (reason := self._too_short(question, ids, benchmark)):
                raise XqgError(f"{reason}; retrieve more passages per question, with a larger `k`")
            text = self._text(ids, benchmark)
            values[question.id] = float(any(answer in text for answer in answers))
        return values

    def _too_short(self, question: Question, ids: Sequence[str], benchmark: Benchmark) -> str | None:
        """What a ranking lacks; a complete one is never too short."""
        if len(ids) >= len(benchmark.passages):
            return None
        texts = (benchmark.passage_by_id[passage_id].text for passage_id in ids)
        total = _filled(map(token_count, texts), self.tokens)[1]
        if total >= self.tokens:
            return None
        return (
            f"the run's {len(ids)} passages for question {question.id!r} hold {total} tokens, {self.name} needs "
            f"{self.tokens}"
        )

    def _text(self, ids: Sequence[str], benchmark: Benchmark) -> str:
        """The first k·1,000 tokens of the passages, joined by single spaces."""
        left = self.tokens
        parts: list[str] = []
        for passage_id in ids:
            joined, count = _tokens(benchmark.passage_by_id[passage_id].text, punkt_is_installed())
            if count >= left:
                # Tokens hold no white space, so that splitting gives them back.
                parts.append(" ".join(joined.split(" ")[:left]))
                break
            parts.append(joined)
            left -= count
        return " ".join(parts)


def _not_english(benchmark: Benchmark) -> str | None:
    if benchmark.passage_languages == ("en",):
        return None
    return f"is defined for English passages, the pool has {', '.join(benchmark.passage_languages)}"


def _answers(question: Question, benchmark: Benchmark) -> list[str]:
    answers = benchmark.answers(question, benchmark.passages[0])
    return [answer for answer in answers if answer.strip() and answer not in ("yes", "no")]


def _filled(counts: Iterable[int], tokens: int) -> tuple[int, int]:
    """How many passages of these token counts fill the tokens, or all there are; and what they hold."""
    passages = total = 0
    for count in counts:
        passages, total = passages + 1, total + count
        if total >= tokens:
            break
    return passages, total


@lru_cache(maxsize=100_000)
def _tokens(text: str, sentences: bool) -> tuple[str, int]:
    """Tokens joined by spaces, which is smaller to keep than a list of them, and their number."""
    from nltk.tokenize import word_tokenize

    tokens = word_tokenize(text, preserve_line=not sentences)
    return " ".join(tokens), len(tokens)


@lru_cache(maxsize=1)
def punkt_is_installed() -> bool:
    """Whether NLTK finds the data that splits English sentences; nothing is downloaded."""
    from nltk.tokenize import word_tokenize

    try:
        word_tokenize("One sentence. Another.")
    except LookupError:
        return False
    return True


def token_count(text: str) -> int:
    """How many of the k·1,000 tokens a passage text fills."""
    return _tokens(text, punkt_is_installed())[1]


def tokenizer_name() -> str:
    """The tokeniser of `R@<k>kt` on this machine, for a report's settings."""
    import nltk

    return f"nltk {nltk.__version__} word_tokenize" + ("" if punkt_is_installed() else " preserve_line=True")
