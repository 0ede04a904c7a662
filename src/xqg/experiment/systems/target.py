"""`target`: for each question language its own vectors, with K queries in that language."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["TargetLanguageK"]


class TargetLanguageK(AugmentedVectors):
    """As many queries as `cross` and `mono`, all of them in the question's language.

    It costs L times as many queries as `cross` and an index per question language: what could be had
    if neither mattered. For questions in the passage's language it is `mono`.
    """

    name = "target"
    order = 40
    default = False  # K queries in every question language are L times the generator's work of all others

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """K in each question language."""
        return dict.fromkeys(plan.query_languages, plan.queries)

    def count(self, plan: Plan) -> int:
        """K."""
        return plan.queries

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The K queries in the question's language."""
        return [parts.first(question_language, parts.plan.queries)]
