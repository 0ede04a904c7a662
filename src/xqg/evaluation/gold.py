"""A reader's answers beside the gold answers, which all measures of answers share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.passages.records import Passage, Question
from xqg.reading.span import Span

__all__ = ["OfAnswers"]


class OfAnswers(Measure):
    """A measure of a reader's answers: the best similarity to a gold answer, as SQuAD's script takes it.

    Gold answers are those of the language of the passage that the answer was taken from; blank ones
    are none. A question without a gold answer in any language of the pool is not counted.
    """

    needs_reader: ClassVar[bool] = True
    lacking: ClassVar[str] = "an answer"

    @abstractmethod
    def similarity(self, answer: str, gold: str, language: str) -> float:
        """Of an answer and a gold answer, both in `language`, from 0 to 1."""

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether the question has a gold answer in any of the pool's languages."""
        return any(_gold(benchmark, question, passage) for passage in benchmark.samples.values())

    def per_question(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `Measure.per_question`.

        Raises:
            XqgError: an answer from a passage that the benchmark lacks.
        """
        values: dict[str, float] = {}
        for question in questions:
            if not self.counts(question, benchmark):
                continue
            span = answers.get(question.id)
            if span is None:
                values[question.id] = 0.0
                continue
            passage = _passage(question, span, benchmark)
            gold = _gold(benchmark, question, passage)
            values[question.id] = max(
                (self.similarity(span.text, one, passage.language) for one in gold), default=0.0
            )
        return values


def _gold(benchmark: Benchmark, question: Question, passage: Passage) -> list[str]:
    return [answer for answer in benchmark.answers(question, passage) if answer.strip()]


def _passage(question: Question, span: Span, benchmark: Benchmark) -> Passage:
    passage = benchmark.passage_by_id.get(span.passage_id)
    if passage is None:
        raise XqgError(
            f"the answer to question {question.id!r} is from passage {span.passage_id!r}, which is not one "
            f"of {benchmark.name}'s; read passages of the pool that is evaluated"
        )
    return passage
