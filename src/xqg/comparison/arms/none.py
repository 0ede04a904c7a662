"""`none`: the passage alone."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.comparison.arms.arm import Arm
from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan
from xqg.comparison.vectors import QueryVectors

__all__ = ["NoQueries"]


class NoQueries(Arm):
    """No generated query; the baseline of each fusion."""

    name = "none"

    def count(self, plan: Plan) -> int:
        """0."""
        return 0

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """Nothing is added."""
        return []
