"""`mono`: K generated queries in the passage's own language, the control for `cross`."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["Monolingual"]


class Monolingual(AugmentedVectors):
    """As many queries as `cross`, none of them in another language (doc2query on vectors)."""

    name = "mono"
    order = 10

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """K in the passage's language."""
        return {passage_language: plan.queries}

    def count(self, plan: Plan) -> int:
        """K."""
        return plan.queries

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """All K, whatever the question's language."""
        return parts.own_language(parts.plan.queries)
