"""`rrf-cross`: reciprocal-rank fusion of `doc2query` and `cross`: the same queries as words and as vectors."""

from __future__ import annotations

from xqg.experiment.plan import Plan
from xqg.experiment.systems.doc2query import Doc2Query
from xqg.experiment.systems.rrf import ReciprocalRank

__all__ = ["ReciprocalRankOfQueries"]


class ReciprocalRankOfQueries(ReciprocalRank):
    """What the queries can do together: n in the question's language for BM25, n in each for vectors."""

    name = "rrf-cross"
    order = 130
    uses = ("cross",)
    lexical = Doc2Query()

    def count(self, plan: Plan) -> int:
        """K: the n queries of `doc2query` are among the K of `cross`, except for questions in a language
        that is no target, such as the passage's own."""
        return plan.queries
