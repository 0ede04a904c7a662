"""`target-n`: for each question language its own vectors, with n queries in that language."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["TargetLanguage"]


class TargetLanguage(AugmentedVectors):
    """What routing by the question's language gives at search time (`--languages auto`)."""

    name = "target-n"
    order = 20

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """n in each question language; in the passage's own, the first n of `mono`'s."""
        return dict.fromkeys(plan.query_languages, plan.n)

    def count(self, plan: Plan) -> int:
        """n."""
        return plan.n

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The n queries in the question's language."""
        return [parts.first(question_language, parts.plan.n)]
