"""What every measure is: a name, one value per question that it counts, and what it says of itself.

A new measure is one new file in `measures/`, or any object with a name and values:

    class FirstInGerman:
        name = "German@1"

        def per_question(self, run, questions, benchmark):
            first = {id_: benchmark.passage_by_id[ranked[0][0]] for id_, ranked in run.items() if ranked}
            return {q.id: float(q.id in first and first[q.id].language == "de") for q in questions}
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["UNITS", "Measure", "as_measure", "check_reader", "depth_for"]

UNITS = ("percent", "ranks")
_SHALLOWEST = 10  # passages per question that every run holds, so that it can be looked at


class Measure(ABC):
    """A measure of rankings, or of the answers that a reader took from them.

    Attributes:
        name: as reports print it: `R@5`.
        form: how such names are written, with their parameters: `R@<k>kt`.
        examples: names to show to a user.
        lacking: what a question has not that the measure does not count: `an answer`.
        needs_reader: whether it is of a reader's answers.
        higher_is_better: whether a larger value is the better one.
        unit: `percent` (values from 0 to 1, printed times 100) or `ranks`.
        tried_last: whether its names are anything that another library knows; files with names of
            their own are asked first.
    """

    form: ClassVar[str] = ""
    examples: ClassVar[tuple[str, ...]] = ()
    lacking: ClassVar[str] = "what it needs"
    needs_reader: ClassVar[bool] = False
    higher_is_better: ClassVar[bool] = True
    unit: ClassVar[str] = "percent"
    tried_last: ClassVar[bool] = False

    @property
    @abstractmethod
    def name(self) -> str:
        """As reports print it."""

    @classmethod
    def parse(cls, text: str) -> Measure | None:
        """The measure of a name; None where the name is another's. As it stands for a name without parameters.

        Raises:
            XqgError: the name is this measure's but its parameters are wrong.
        """
        return cls() if text == cls.form else None

    @abstractmethod
    def per_question(
        self, ranked: Any, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """Question id → value.

        Args:
            ranked: question id → [(passage id, score)], best first: the order is the ranking, scores
                are not looked at. Where `needs_reader`: question id → the reader's answer, a `Span`.
            questions: of one language (parallel questions share an id). One that `ranked` lacks has
                value 0; one that the measure does not count is absent from the result.
            benchmark: whose passages were ranked.

        Raises:
            XqgError: a pool or a ranking that the measure is not defined for.
        """

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether the question has what the measure needs, so that it has a value."""
        return True

    def depth(self, benchmark: Benchmark) -> int:
        """Passages per question that a run must hold: the number after the name's `@`, the whole pool
        without one; 0 for a reader's measure, which reads as many as it is told to."""
        if self.needs_reader:
            return 0
        cutoff = re.search(r"@(\d+)$", self.name)
        return int(cutoff[1]) if cutoff else len(benchmark.passages)

    def obstacle(
        self,
        benchmark: Benchmark,
        languages: Sequence[str],
        *,
        depth: int | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> str | None:
        """Why the measure cannot say anything here; None: it can. It must be said before any work.

        Args:
            languages: of the questions; each must have one that counts.
            depth: passages per question that the runs will hold, where that is settled.
            runs: question language → its run, where they are at hand.
        """
        for language in languages:
            if not any(self.counts(question, benchmark) for question in benchmark.questions_in(language)):
                return f"no question in {language} has {self.lacking}"
        return None


class _Adapted(Measure):
    """Any object with a name and `per_question`; what it does not say of itself is as in `Measure`."""

    _TRAITS = ("form", "examples", "lacking", "needs_reader", "higher_is_better", "unit")

    def __init__(self, thing: Any) -> None:
        self._thing = thing
        for trait in self._TRAITS:
            if hasattr(thing, trait):
                setattr(self, trait, getattr(thing, trait))

    @property
    def name(self) -> str:
        name: str = self._thing.name
        return name

    def per_question(
        self, ranked: Any, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        values = self._thing.per_question(ranked, questions, benchmark)
        ids = {question.id for question in questions}
        if not isinstance(values, Mapping):
            raise XqgError(f"measure {self.name} gave {type(values).__name__}; return a dictionary of question id to number")
        for id_, value in values.items():
            try:
                sound = id_ in ids and math.isfinite(value)
            except TypeError:
                sound = False
            if not sound:
                raise XqgError(
                    f"measure {self.name} gave {value!r} for question {id_!r}; return a finite number for each of "
                    "the questions that count, and for no other"
                )
        return {id_: float(value) for id_, value in values.items()}

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        own = getattr(self._thing, "counts", None)
        return super().counts(question, benchmark) if own is None else bool(own(question, benchmark))

    def depth(self, benchmark: Benchmark) -> int:
        own = getattr(self._thing, "depth", None)
        return super().depth(benchmark) if own is None else int(own(benchmark))

    def obstacle(
        self,
        benchmark: Benchmark,
        languages: Sequence[str],
        *,
        depth: int | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> str | None:
        own = getattr(self._thing, "obstacle", None) or super().obstacle
        reason: str | None = own(benchmark, languages, depth=depth, runs=runs)
        return reason


def as_measure(thing: Any) -> Measure:
    """The measure itself, or any object with `name` and `per_question` made one.

    Raises:
        XqgError: an object without them, a class instead of an object, an unknown unit.
    """
    if isinstance(thing, Measure):
        return thing
    if isinstance(thing, type):
        raise XqgError(f"`measures` has the class {thing.__name__}; give an object of it: {thing.__name__}()")
    name = getattr(thing, "name", None)
    if not (isinstance(name, str) and name.strip() and callable(getattr(thing, "per_question", None))):
        raise XqgError(
            f"`measures` has {thing!r:.80}, which is no measure; give a name such as R@5, or an object with `name` "
            "and `per_question`"
        )
    adapted = _Adapted(thing)
    if adapted.unit not in UNITS:
        raise XqgError(f"measure {name} has unit {adapted.unit!r}; use one of {', '.join(UNITS)}")
    return adapted


def check_reader(measures: Sequence[Measure], *, reader: bool) -> None:
    """Refuse measures of a reader's answers where there is no reader, before any work.

    Raises:
        XqgError: naming the first of them.
    """
    for measure in measures:
        if measure.needs_reader and not reader:
            raise XqgError(f"{measure.name} needs a reader; give `reader`, or leave it out of `measures`")


def depth_for(measures: Sequence[Measure], benchmark: Benchmark) -> int:
    """The passages per question that serve every measure of a run; 10, or the whole pool, at least."""
    return min(max([_SHALLOWEST, *(measure.depth(benchmark) for measure in measures)]), len(benchmark.passages))
