"""`none`: the passage alone."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["NoQueries"]


class NoQueries(AugmentedVectors):
    """No generated query; the baseline of each fusion."""

    name = "none"
    order = 0

    @property
    def weighted(self) -> bool:
        """There is nothing to weigh."""
        return False

    def count(self, plan: Plan) -> int:
        """0."""
        return 0

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """Nothing is added."""
        return []
