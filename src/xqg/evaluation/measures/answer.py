"""`Answer@k`: 1 where one of the top k passages contains an answer, else 0.

Answer and passage text (without its title) are normalised as SQuAD does; the answer must occur as a
substring, since many languages join words or do not separate them. It is lenient: on XQuAD 25 % of
the English questions find their answer in another paragraph too (23 % at word borders, a rule that
would miss 1.5 % of the English and 18 % of the Arabic answers in their own paragraphs). `R@k` is to
stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.evaluation.normalise import normalise
from xqg.evaluation.runs import Run
from xqg.passages.records import Passage, Question

__all__ = ["AnswerAt"]


@dataclass(frozen=True)
class AnswerAt(Measure):
    """See the module."""

    form: ClassVar[str] = "Answer@<k>"
    examples: ClassVar[tuple[str, ...]] = ("Answer@5",)
    lacking: ClassVar[str] = "an answer"
    k: int

    @property
    def name(self) -> str:
        """`Answer@5`."""
        return f"Answer@{self.k}"

    @classmethod
    def parse(cls, text: str) -> AnswerAt | None:
        """`Answer@k` for k of 1 and more.

        Raises:
            XqgError: `Answer` with another parameter.
        """
        if not text.startswith("Answer"):
            return None
        match = re.fullmatch(r"Answer@([1-9][0-9]*)", text)
        if match is None:
            raise XqgError(f"measure {text!r} needs a number of passages of 1 or more, such as Answer@5")
        return cls(int(match[1]))

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether the question has an answer in any of the pool's languages."""
        return any(_normalised(benchmark, question, passage) for passage in benchmark.samples.values())

    def per_question(
        self, run: Run, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `Measure.per_question`."""
        texts: dict[str, str] = {}
        values: dict[str, float] = {}
        for question in questions:
            if not self.counts(question, benchmark):
                continue
            answers = {code: _normalised(benchmark, question, one) for code, one in benchmark.samples.items()}
            hit = False
            for passage_id, _ in run.get(question.id, [])[: self.k]:
                passage = benchmark.passage_by_id[passage_id]
                if passage_id not in texts:
                    texts[passage_id] = normalise(passage.text)
                hit = hit or any(answer in texts[passage_id] for answer in answers[passage.language])
            values[question.id] = float(hit)
        return values


def _normalised(benchmark: Benchmark, question: Question, passage: Passage) -> set[str]:
    """An answer that normalises to nothing ("The", "?") would occur everywhere: it is left out."""
    return {normalise(answer) for answer in benchmark.answers(question, passage)} - {""}
