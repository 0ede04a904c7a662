"""`cross`: n generated queries in each target language (xQG; Zhuang, Shou, Zuccon 2023)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan

__all__ = ["CrossLingual"]


class CrossLingual:
    """The paper's arm: one vector serves questions in every language."""

    name = "cross"

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """n in each target language of the passage."""
        return dict.fromkeys(plan.targets_of(passage_language), plan.n)

    def count(self, plan: Plan) -> int:
        """K = n·L."""
        return plan.queries

    def sums(self, parts: Parts, question_language: str) -> Sequence[npt.NDArray[np.float32]]:
        """One sum per target language, languages sorted."""
        return [parts.targeted(code) for code in sorted(parts.first) if parts.is_target(code)]
