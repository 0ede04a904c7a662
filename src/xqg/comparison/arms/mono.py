"""`mono`: K generated queries in the passage's own language, the control for `cross`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan

__all__ = ["Monolingual"]


class Monolingual:
    """As many queries as `cross`, none of them in another language (doc2query on vectors)."""

    name = "mono"

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """K in the passage's language."""
        return {passage_language: plan.queries}

    def count(self, plan: Plan) -> int:
        """K."""
        return plan.queries

    def sums(self, parts: Parts, question_language: str) -> Sequence[npt.NDArray[np.float32]]:
        """The sum of all K, whatever the question's language."""
        return [parts.own]
