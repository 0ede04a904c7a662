"""What every measure is: a name, and one value per question that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["Family", "Measure"]


class Measure(Protocol):
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
