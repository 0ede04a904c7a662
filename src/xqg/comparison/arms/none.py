"""`none`: the passage alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan

__all__ = ["NoQueries"]


class NoQueries:
    """No generated query; the baseline of each fusion."""

    name = "none"

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """Nothing."""
        return {}

    def count(self, plan: Plan) -> int:
        """0."""
        return 0

    def sums(self, parts: Parts, question_language: str) -> Sequence[npt.NDArray[np.float32]]:
        """Nothing is added."""
        return []
