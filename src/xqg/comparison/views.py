"""A comparison that ran, ready to be printed: numbers per setting, with their significance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.comparison.arms import Arm
from xqg.comparison.contrasts import MEAN, Contrast, contrasts, interpretability
from xqg.comparison.depth import depth_for
from xqg.comparison.evaluation import Outcome
from xqg.comparison.plan import Plan
from xqg.evaluation import Measure, chance_level

__all__ = ["Comparison", "View"]


@dataclass(frozen=True)
class View:
    """One setting's numbers, ready to print: means per arm, language and measure, and contrasts."""

    outcome: Outcome
    contrasts: tuple[Contrast, ...]
    interpretability: dict[str, Any]

    def contrast(self, arm: str, versus: str, language: str, measure: str) -> Contrast | None:
        """The contrast, or None where one side did not run."""
        return self._by_key.get((arm, versus, language, measure))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], Contrast]:
        return {(c.arm, c.versus, c.query_language, c.measure): c for c in self.contrasts}


@dataclass(frozen=True)
class Comparison:
    """A comparison that ran. `outcomes[0]` is the asked setting, the others are variants."""

    benchmark: Benchmark
    plan: Plan
    arms: Sequence[Arm]
    measures: Sequence[Measure]
    outcomes: Sequence[Outcome]
    settings: dict[str, Any]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The outcomes with their significance."""
        return tuple(self._view(outcome) for outcome in self.outcomes)

    def mean(self, outcome: Outcome, arm: str, language: str, measure: str) -> float:
        """The mean of a measure; `language` may be "mean": over languages other than the passages'."""
        languages = self.plan.mean_languages if language == MEAN else (language,)
        means = []
        for code in languages:
            values = outcome.values[arm, code][measure]
            means.append(sum(values.values()) / len(values))
        return sum(means) / len(means)

    @cached_property
    def _chance(self) -> float:
        """Chance level of the first measure: the same for every setting."""
        measure, asked = self.measures[0], self.benchmark.questions_in(self.plan.query_languages[0])
        # Few questions need many rankings, or the level itself would be noise.
        repeats = max(10, 30_000 // len(asked))
        return chance_level(measure, asked, self.benchmark, depth_for([measure], self.benchmark), repeats)

    def _view(self, outcome: Outcome) -> View:
        names = [arm.name for arm in self.arms]
        languages, over = self.plan.query_languages, self.plan.mean_languages
        groups = dict(self.benchmark.groups)
        found = contrasts(outcome, names, languages, over, self.measures, groups)
        judged = interpretability(outcome, names, languages, over, self.measures[0], groups, self._chance)
        return View(outcome, tuple(found), judged)
