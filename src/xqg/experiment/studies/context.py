"""What every study works with: a comparison's parts, and one arm measured in one setting."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xqg.augmentation import Fusion
from xqg.errors import XqgError
from xqg.evaluation import bootstrap_interval, clustered
from xqg.experiment.arms import ARMS, Arm
from xqg.experiment.contrasts import mean_values
from xqg.experiment.evaluation import run_setting
from xqg.experiment.experiment import Assembled
from xqg.experiment.outcomes import TuningQuestions, tuned_alphas
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.scales import shown
from xqg.experiment.settings import Setting
from xqg.experiment.tuning import GRID

__all__ = ["Context", "Interval", "Scores"]


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

    def shown(self, measure: str) -> str:
        """`+1.6 [0.9, 2.2]`, in points."""
        value, low, high = (shown(measure, end, "+") for end in (self.value, self.low, self.high))
        return f"{value} [{low}, {high}]"

    def row(self, left: str, right: str, measure: str, **more: Any) -> dict[str, Any]:
        """As study.json has it."""
        return {"arm": left, "versus": right, "measure": measure, **dataclasses.asdict(self), **more}


@dataclass(frozen=True)
class Context:
    """A study's material.

    Attributes:
        arms_left_out: name → why the source of queries cannot fill it.
        top: k of the round trip (study `filter`).
    """

    assembled: Assembled
    arms_left_out: Mapping[str, str]
    top: int

    @property
    def plan(self) -> Plan:
        """Languages and numbers."""
        return self.assembled.task.plan

    @property
    def parts(self) -> Parts:
        """All vectors but the questions'."""
        return self.assembled.trial.parts

    @property
    def fusion(self) -> Fusion:
        """As asked, else the encoder's default."""
        return self.assembled.fusion

    @property
    def languages(self) -> tuple[str, ...]:
        """The question languages that means are taken over."""
        return self.plan.mean_languages

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names, as asked for; tables are of the first where they have room for one only."""
        return tuple(measure.name for measure in self.assembled.trial.measures)

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """Those that run, in the order of the comparison's tables."""
        return tuple(self.assembled.trial.arms)

    @property
    def tuning(self) -> TuningQuestions:
        """What α is chosen on.

        Raises:
            XqgError: the parts were assembled for a fixed α.
        """
        if self.assembled.tuning is None:
            raise XqgError("a study needs questions to tune α on; assemble with alpha=None")
        return self.assembled.tuning

    @property
    def tuned_on(self) -> str:
        """How α is tuned, in words."""
        if self.tuning.fold_of is None:
            return "chosen on the benchmark's dev questions"
        return "cross-fitted over five folds of question clusters"

    @cached_property
    def none(self) -> Scores:
        """The passages alone, in the asked fusion."""
        return self.measure(ARMS["none"], self.fusion, 0.0)

    def measure(
        self,
        arm: Arm,
        fusion: Fusion | None = None,
        alpha: float | None = None,
        *,
        parts: Parts | None = None,
        languages: Sequence[str] | None = None,
    ) -> Scores:
        """Rank every question for one arm.

        Args:
            fusion: None: the asked one.
            alpha: None: tuned (`tuned_on`).
            parts: None: those of the comparison.
            languages: question languages to ask in besides those of the mean; None: no others.
        """
        setting = Setting(fusion or self.fusion, alpha)
        asked = [code for code in self.plan.query_languages if code in {*self.languages, *(languages or ())}]
        trial = dataclasses.replace(
            self.assembled.trial,
            arms=[arm],
            parts=parts or self.parts,
            asked={code: self.assembled.trial.asked[code] for code in asked},
            baselines=(),
        )
        tuned = tuned_alphas(setting, trial, self.tuning) if alpha is None else {}
        outcome = run_setting(setting, trial, tuned)
        by_language = {
            (code, name): sum(values.values()) / len(values)
            for code in asked
            for name, values in outcome.values[arm.name, code].items()
        }
        of_mean = {name: mean_values(outcome, arm.name, name, self.languages) for name in self.measures}
        alphas = tuned[arm.name].by_fold if arm.name in tuned else (alpha or 0.0,)
        count = arm.count(trial.parts.plan)
        return Scores(arm.name, count, setting.fusion, alphas, by_language, of_mean)

    def difference(self, left: Scores, right: Scores, measure: str) -> Interval:
        """`left` - `right`, mean over languages; the unit is the question id, clusters are resampled."""
        mine, other = left.per_question[measure], right.per_question[measure]
        values = {id_: value - other[id_] for id_, value in mine.items()}
        groups = self.assembled.task.benchmark.groups
        low, high = bootstrap_interval(values, groups)
        numbers = clustered.cluster_numbers(list(values), groups)
        sums = clustered.cluster_sums(np.array(list(values.values()))[:, None], numbers)
        p = float(clustered.clustered_t_test(*sums)[0])
        return Interval(sum(values.values()) / len(values), low, high, p)
