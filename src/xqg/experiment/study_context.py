"""What every study works with: a comparison's parts, and one arm measured in one setting."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from xqg.augmentation import Fusion
from xqg.errors import XqgError
from xqg.evaluation import bootstrap_interval, clustered
from xqg.experiment.compare import Material, tuned_alphas
from xqg.experiment.contrasts import Values, mean_values
from xqg.experiment.description import SettingRow
from xqg.experiment.design import Design
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.scale import Scale
from xqg.experiment.setting import Setting
from xqg.experiment.system import SYSTEMS, AugmentedVectors
from xqg.experiment.trial import run_setting
from xqg.experiment.tuning import GRID, TuningQuestions

__all__ = ["Context", "Interval", "Measured", "Scores"]


@dataclass(frozen=True)
class Scores:
    """An arm's numbers in one setting, rankings no longer held.

    Attributes:
        alphas: one per fold where cross-fitted, else one.
        by_language: (question language, measure) → mean over its questions.
        per_question: measure → question id → value averaged over `languages`; the mean over ids is
            the mean over languages of each language's mean.
    """

    arm: str
    K: int
    fusion: Fusion
    alphas: tuple[float, ...]
    by_language: Mapping[tuple[str, str], float]
    per_question: Mapping[str, Mapping[str, float]]

    def mean(self, measure: str) -> float:
        """Over the question languages other than the passages'."""
        values = self.per_question[measure]
        return sum(values.values()) / len(values)

    @property
    def stated_alpha(self) -> float | list[float]:
        """For JSON: a number, or one per fold where folds differ."""
        return self.alphas[0] if len(set(self.alphas)) == 1 else list(self.alphas)

    @property
    def shown_alpha(self) -> str:
        """For a table: the different α of the folds, ascending; ! marks an edge of the grid."""
        edge = "!" if self.arm != "none" and {GRID[0], GRID[-1]} & set(self.alphas) else ""
        return ", ".join(f"{alpha:g}" for alpha in sorted(set(self.alphas))) + edge

    def rows(self, languages: Sequence[str] = (), **more: Any) -> list[dict[str, Any]]:
        """As study.json has it: a row per measure for the mean, and for each language given."""
        fixed = {"fusion": self.fusion, "aggregation": "sum", "alpha": self.stated_alpha, "K": self.K}
        return [
            {"arm": self.arm, "query_language": code, "measure": measure, "value": value, **fixed, **more}
            for measure in self.per_question
            for code, value in [
                ("mean", self.mean(measure)),
                *((code, self.by_language[code, measure]) for code in languages),
            ]
        ]


@dataclass(frozen=True)
class Interval:
    """A difference of two means, fractions.

    Attributes:
        low, high: its 95 % interval (bootstrap over clusters).
        p: two-sided t-test over questions, robust to clusters; not corrected.
    """

    value: float
    low: float
    high: float
    p: float

    def shown(self, scale: Scale) -> str:
        """`+1.6 [0.9, 2.2]`, in the measure's unit."""
        value, low, high = (scale.shown(end, "+") for end in (self.value, self.low, self.high))
        return f"{value} [{low}, {high}]"

    def row(self, left: str, right: str, measure: str, **more: Any) -> dict[str, Any]:
        """As study.json has it."""
        return {"arm": left, "versus": right, "measure": measure, **dataclasses.asdict(self), **more}


@dataclass(frozen=True)
class Measured:
    """What one system's ranking gave: rows of the study's table.

    Attributes:
        row: the setting, named by fusion, α and what was varied.
        values: (system, question language) → measure → question id → value.
        alphas: question id → the α that it was ranked with.
    """

    system: AugmentedVectors
    row: SettingRow
    values: Values
    alphas: Mapping[str, float]


@dataclass(frozen=True)
class Context:
    """A study's material, and what was measured so far.

    Attributes:
        arms_left_out: name → why the source of queries cannot fill it.
        top: k of the round trip (study `filter`).
        measured: every ranking, in the order in which they were asked for.
    """

    design: Design
    material: Material
    arms_left_out: Mapping[str, str]
    top: int
    measured: list[Measured] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """Languages and numbers."""
        return self.design.plan

    @property
    def parts(self) -> Parts:
        """All vectors but the questions'."""
        return self.material.trial.parts

    @property
    def fusion(self) -> Fusion:
        """As asked, else the encoder's default."""
        return self.material.fusion

    @property
    def languages(self) -> tuple[str, ...]:
        """The question languages that means are taken over."""
        return self.plan.mean_languages

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names, as asked for; tables are of the first where they have room for one only."""
        return tuple(measure.name for measure in self.design.measures)

    def scale(self, measure: str) -> Scale:
        """How a measure's values are printed."""
        return Scale.of(next(one for one in self.design.measures if one.name == measure))

    @cached_property
    def arms(self) -> tuple[AugmentedVectors, ...]:
        """Those that run, in the order of the comparison's tables."""
        return tuple(one for one in self.material.trial.systems if isinstance(one, AugmentedVectors))

    @property
    def tuning(self) -> TuningQuestions:
        """What α is chosen on.

        Raises:
            XqgError: the material was prepared for a fixed α.
        """
        if self.material.tuning is None:
            raise XqgError("a study needs questions to tune α on; prepare it with a tuned `alpha`")
        return self.material.tuning

    @property
    def tuned_on(self) -> str:
        """How α is tuned, in words."""
        return self.tuning.words

    @cached_property
    def none(self) -> Scores:
        """The passages alone, in the asked fusion."""
        return self.measure(arm_of("none"), self.fusion, 0.0)

    def measure(
        self,
        arm: AugmentedVectors,
        fusion: Fusion | None = None,
        alpha: float | None = None,
        *,
        parts: Parts | None = None,
        languages: Sequence[str] | None = None,
        variant: str = "",
    ) -> Scores:
        """Rank every question for one system.

        Args:
            fusion: None: the asked one.
            alpha: None: tuned (`tuned_on`).
            parts: None: those of the comparison.
            languages: question languages to ask in besides those of the mean; None: no others.
            variant: what of the comparison is varied here, for the name of the setting.
        """
        setting = Setting(fusion or self.fusion, alpha)
        asked = [code for code in self.plan.query_languages if code in {*self.languages, *(languages or ())}]
        trial = dataclasses.replace(
            self.material.trial,
            systems=[arm],
            parts=parts or self.parts,
            questions={code: self.material.trial.questions[code] for code in asked},
        )
        tuned = tuned_alphas(setting, trial, self.tuning)
        outcome = run_setting(setting, trial, tuned)
        row = SettingRow.of(setting, tuned)
        if variant:
            row = dataclasses.replace(row, name=f"{row.name}, {variant}")
        weights = tuned[arm.name].alpha if arm.name in tuned else lambda _: alpha or 0.0
        ids = {id_ for of in outcome.values.values() for values in of.values() for id_ in values}
        self.measured.append(Measured(arm, row, outcome.values, {id_: weights(id_) for id_ in ids}))
        by_language = {
            (code, name): sum(values.values()) / len(values)
            for code in asked
            for name, values in outcome.values[arm.name, code].items()
        }
        of_mean = {name: mean_values(outcome.values, arm.name, name, self.languages) for name in self.measures}
        alphas = tuned[arm.name].by_fold if arm.name in tuned else (alpha or 0.0,)
        count = arm.count(trial.parts.plan)
        return Scores(arm.name, count, setting.fusion, alphas, by_language, of_mean)

    def difference(self, left: Scores, right: Scores, measure: str) -> Interval:
        """`left` - `right`, mean over languages; the unit is the question id, clusters are resampled."""
        own, other = left.per_question[measure], right.per_question[measure]
        values = {id_: value - other[id_] for id_, value in own.items()}
        groups = self.design.benchmark.groups
        low, high = bootstrap_interval(values, groups)
        numbers = clustered.cluster_numbers(list(values), groups)
        sums = clustered.cluster_sums(np.array(list(values.values()))[:, None], numbers)
        p = float(clustered.clustered_t_test(*sums)[0])
        return Interval(sum(values.values()) / len(values), low, high, p)

    def shown(self, measure: str, value: float, sign: str = "") -> str:
        """A value as tables print it, see `Scale.shown`."""
        return self.scale(measure).shown(value, sign)

    def drawn(self, measure: str, value: float) -> float:
        """A value as plots draw it."""
        return self.scale(measure).number(value)

    def axis(self, measure: str) -> str:
        """The measure with its unit, for the axis of a plot."""
        return f"{measure} ({self.scale(measure).symbol})"

    def shown_difference(self, left: Scores, right: Scores, measure: str) -> str:
        """`difference` as `+1.6 [0.9, 2.2]`."""
        return self.difference(left, right, measure).shown(self.scale(measure))


def arm_of(name: str) -> AugmentedVectors:
    """A system of xqg's own that adds queries to vectors, by its name."""
    system = SYSTEMS[name]()
    if not isinstance(system, AugmentedVectors):
        raise XqgError(f"system {name!r} adds no queries to vectors; use none, mono, cross or the like")
    return system
