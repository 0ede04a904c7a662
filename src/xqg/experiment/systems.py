"""The rows of a comparison's tables: arms first, then baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xqg.experiment.evaluation import Outcome
from xqg.experiment.plan import Plan

if TYPE_CHECKING:
    from xqg.experiment.arms import Arm
    from xqg.experiment.baselines import Baseline

__all__ = ["System", "systems_of"]


@dataclass(frozen=True)
class System:
    """What is compared: an arm or a baseline.

    Attributes:
        name: as tables and runs have it.
        K: generated queries per passage.
        bound: an upper bound (`gold`): marked, never ranked with the rest.
        baseline: another way to retrieve, not an arm.
        arm: whose dense ranking it is or contains; None where it has none (`bm25`).
    """

    name: str
    K: int
    bound: bool
    baseline: bool
    arm: str | None

    def fusion(self, outcome: Outcome) -> str:
        """The fusion of its dense part, `none` without one."""
        return "none" if self.arm is None else outcome.setting.fusion

    def alphas(self, outcome: Outcome) -> tuple[float, ...] | None:
        """Its α: one value, one per fold where it was cross-fitted, None where nothing is weighed
        (aggregation `max`)."""
        setting = outcome.setting
        if self.arm is None:
            return (0.0,)
        if setting.alpha is None and not setting.tuned:
            return None
        if self.arm == "none":
            return (0.0,)  # there are no queries to weigh
        if setting.alpha is not None:
            return (setting.alpha,)
        by_fold = outcome.tuned[self.arm].by_fold
        return by_fold[:1] if len(set(by_fold)) == 1 else by_fold

    def alpha_of(self, outcome: Outcome, question_id: str) -> float | None:
        """The α that one question was ranked with."""
        found = self.alphas(outcome)
        if found is None or self.arm is None or len(found) == 1:
            return found[0] if found else None
        return outcome.tuned[self.arm].alpha(question_id)


def systems_of(plan: Plan, arms: Sequence[Arm], baselines: Sequence[Baseline]) -> tuple[System, ...]:
    """Arms and baselines in the order of the tables."""
    found = [System(arm.name, arm.count(plan), arm.bound, False, arm.name) for arm in arms]
    found += [System(one.name, one.count(plan), False, True, one.dense) for one in baselines]
    return tuple(found)
