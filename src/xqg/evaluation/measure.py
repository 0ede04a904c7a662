"""What every measure is: a name, and one value per question that it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation.runs import Run
from xqg.passages.records import Question
from xqg.reading.span import Span

__all__ = ["Family", "Measure", "ReaderMeasure", "RunMeasure"]


@runtime_checkable
class RunMeasure(Protocol):
    """A measure of a run."""

    @property
    def name(self) -> str:
        """As reports print it: `R@5`."""

    def per_question(self, run: Run, questions: Sequence[Question], benchmark: Benchmark) -> dict[str, float]:
        """Question id → value.

        Args:
            run: best passage first; the order given is the ranking, scores are not looked at.
            questions: of one language (parallel questions share an id). One that the run lacks has
                value 0; one that the measure does not count is absent from the result.
            benchmark: whose passages are ranked.
        """


@runtime_checkable
class ReaderMeasure(Protocol):
    """A measure of the answers that a reader took from passages."""

    @property
    def name(self) -> str:
        """As reports print it: `EM`."""

    def per_answer(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark
    ) -> dict[str, float]:
        """Question id → value from 0 to 1.

        Args:
            answers: question id → the reader's answer.
            questions: of one language. One without an answer has value 0; one without a gold answer
                in any language of the pool is absent from the result.
            benchmark: whose passages were read; gold answers are those of the language of the
                passage that the answer was taken from.

        Raises:
            XqgError: an answer from a passage that the benchmark lacks; a pool that the measure is
                not defined for.
        """


Measure = RunMeasure | ReaderMeasure


class Family(Protocol):
    """The file of a family of measures."""

    @property
    def EXAMPLES(self) -> tuple[str, ...]:
        """Names to show to a user."""

    def parse(self, text: str, /) -> Measure | None:
        """The measure; None where the name is another family's.

        Raises:
            XqgError: the name is this family's but its parameters are wrong.
        """
