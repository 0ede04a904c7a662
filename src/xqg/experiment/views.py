"""A comparison that ran, ready to be printed: numbers per setting, with their significance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xqg.augmentation import default_fusion
from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import Measure, chance_of
from xqg.experiment.arms import Arm
from xqg.experiment.contrasts import MEAN, Contrast, contrasts
from xqg.experiment.evaluation import Outcome
from xqg.experiment.interpretability import interpretability
from xqg.experiment.plan import Plan
from xqg.experiment.spread import Spread
from xqg.experiment.systems import System, systems_of

if TYPE_CHECKING:
    from xqg.experiment.baselines import Baseline

__all__ = ["PRIMARY_MEASURE", "Comparison", "View"]

PRIMARY_MEASURE = "EM"  # of the primary contrast (spec §6)
PRIMARY_TOP = 5  # passages that its reader reads


@dataclass(frozen=True)
class View:
    """One setting's numbers, ready to print.

    Attributes:
        means: (system, language or MEAN, measure) → mean over questions; MEAN is over languages.
        interpretability: see `xqg.experiment.interpretability`.
    """

    outcome: Outcome
    means: dict[tuple[str, str, str], float]
    contrasts: tuple[Contrast, ...]
    interpretability: dict[str, Any]

    def contrast(self, arm: str, versus: str, language: str, measure: str) -> Contrast | None:
        """The contrast, or None where one side did not run."""
        return self._by_key.get((arm, versus, language, measure))

    @property
    def primary(self) -> Contrast | None:
        """The primary contrast; None in a variant, and where one side did not run."""
        return next((contrast for contrast in self.contrasts if contrast.primary), None)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], Contrast]:
        return {(c.arm, c.versus, c.query_language, c.measure): c for c in self.contrasts}


@dataclass(frozen=True)
class Comparison:
    """A comparison that ran. `outcomes[0]` is the asked setting, the others are variants.

    Attributes:
        ceiling: (question language, reader measure) → what the reader gets from the right passage.
        spread: between seeds, where several were run.
    """

    benchmark: Benchmark
    plan: Plan
    arms: Sequence[Arm]
    measures: Sequence[Measure]
    outcomes: Sequence[Outcome]
    settings: dict[str, Any]
    baselines: Sequence[Baseline] = ()
    ceiling: Mapping[tuple[str, str], float] = field(default_factory=dict)
    spread: Spread | None = None

    @cached_property
    def systems(self) -> tuple[System, ...]:
        """The rows of every table: arms, then baselines."""
        return systems_of(self.plan, self.arms, self.baselines)

    @cached_property
    def measure_names(self) -> tuple[str, ...]:
        """The measure of the primary contrast first, then the others as they were asked for."""
        names = [measure.name for measure in self.measures]
        return tuple(sorted(names, key=PRIMARY_MEASURE.__ne__))

    @property
    def primary_measure(self) -> str:
        """The reader's exact match, else the first measure as its stand-in."""
        return self.measure_names[0]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The outcomes with their significance."""
        return tuple(self._view(outcome, number) for number, outcome in enumerate(self.outcomes))

    def mean(self, outcome: Outcome, system: str, language: str, measure: str) -> float:
        """The mean of a measure; `language` may be "mean": over languages other than the passages'."""
        languages = self.plan.mean_languages if language == MEAN else (language,)
        means = []
        for code in languages:
            values = outcome.values[system, code][measure]
            means.append(sum(values.values()) / len(values))
        return sum(means) / len(means)

    @cached_property
    def departures(self) -> tuple[str, ...]:
        """In what the primary contrast differs from the one that the spec states (§6); empty: in nothing."""
        setting, settings, found = self.outcomes[0].setting, self.settings, []
        if self.primary_measure != PRIMARY_MEASURE:
            found.append(f"{self.primary_measure}, not the reader's {PRIMARY_MEASURE}")
        elif settings["reader"]["top"] != PRIMARY_TOP:
            found.append(f"EM of the top {settings['reader']['top']} passages, not of {PRIMARY_TOP}")
        if self.benchmark.name != "xquad" or self.plan.passage_languages != ("en",):
            found.append(f"{self.benchmark.name} ({'+'.join(self.plan.passage_languages)}), not XQuAD in English")
        elif len(self.plan.mean_languages) != 10 or any(settings.get(key) for key in ("limit", "fold")):
            found.append("not all questions in the ten other languages")
        if not setting.tuned:
            found.append("α not tuned")
        usual = default_fusion(settings["encoder"]["similarity"])
        if setting.fusion != usual:
            found.append(f"{setting.fusion} fusion, not the encoder's default ({usual})")
        if setting.aggregation != "sum":
            found.append(f"aggregation {setting.aggregation}, not sum")
        return tuple(found)

    @cached_property
    def _judged(self) -> tuple[Measure, float] | None:
        """The first measure of rankings where more is better, and its chance level, which is the same
        for every setting."""
        of_rankings = [one for one in self.measures if not one.needs_reader and one.higher_is_better]
        if not of_rankings:
            return None
        return of_rankings[0], chance_of(of_rankings[0], self.benchmark, self.plan.query_languages[0])

    def _view(self, outcome: Outcome, number: int) -> View:
        names = [system.name for system in self.systems]
        languages, over = self.plan.query_languages, self.plan.mean_languages
        groups = dict(self.benchmark.groups)
        means = {
            (name, language, measure): self.mean(outcome, name, language, measure)
            for name in names
            for language in (*languages, MEAN)
            for measure in self.measure_names
        }
        primary = self.primary_measure if number == 0 else None
        found = contrasts(outcome, names, languages, over, self.measure_names, groups, primary)
        judged: dict[str, Any] = {"measure": None, "chance": None, "at_chance": [], "interpretable": None}
        if self._judged is not None:
            measure, chance = self._judged
            judged = interpretability(outcome, names, languages, over, measure.name, groups, chance)
        return View(outcome, means, tuple(found), judged)
