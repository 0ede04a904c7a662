"""`cross`: n generated queries in each target language (xQG; Zhuang, Shou, Zuccon 2023)."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["CrossLingual"]


class CrossLingual(AugmentedVectors):
    """The paper's arm: one vector serves questions in every language."""

    name = "cross"
    order = 30

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """n in each target language of the passage."""
        return dict.fromkeys(plan.targets_of(passage_language), plan.n)

    def count(self, plan: Plan) -> int:
        """K = n·L."""
        return plan.queries

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """One group per target language, languages sorted."""
        return parts.targeted(parts.plan.n)
