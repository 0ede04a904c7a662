"""`rrf` and `rrf-cross`: reciprocal-rank fusion of a BM25 ranking and a dense one.

Only passages that share a token with the question count as ranked by BM25: where there is none, the
fusion is the dense ranking.
"""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.evaluation import Run
from xqg.experiment.arms import ARMS
from xqg.experiment.baseline import BaselineContext
from xqg.experiment.baselines.bm25 import Bm25
from xqg.experiment.plan import Plan
from xqg.search.reciprocal_rank import reciprocal_rank

__all__ = ["ReciprocalRank"]


class ReciprocalRank:
    """The fusion of a lexical baseline and a dense arm, k = 60."""

    def __init__(self, name: str, lexical: Bm25, dense: str) -> None:
        """`dense` is an arm's name."""
        self.name = name
        self.lexical = lexical
        self.dense = dense

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """What either of the two needs."""
        arm = ARMS[self.dense].needs(plan, passage_language)
        lexical = self.lexical.needs(plan, passage_language)
        return {code: max(arm.get(code, 0), lexical.get(code, 0)) for code in sorted({*arm, *lexical})}

    def count(self, plan: Plan) -> int:
        """The larger K of the two: the n queries of `doc2query` are among the K of `cross`, except for
        questions in a language that is no target, such as the passage's own."""
        return max(ARMS[self.dense].count(plan), self.lexical.count(plan))

    def run(self, context: BaselineContext, language: str, dense: Run | None = None) -> Run:
        """See `Baseline.run`. `dense` may be deeper than the context's depth, and had better be:
        a passage beyond its end counts as not ranked (`FUSION_DEPTH`).

        Raises:
            XqgError: no dense run, one that lacks a question, or one that leaves the fusion short.
        """
        if dense is None:
            raise XqgError(f"baseline {self.name} fuses the run of arm {self.dense}; add that arm (--arms)")
        depth = min(context.depth, len(context.benchmark.passages))
        found: Run = {}
        for question_id, lexical in self.lexical.matches(context, language).items():
            rankings = [[id_ for id_, _ in lexical], [id_ for id_, _ in dense.get(question_id, ())]]
            if len(rankings[1]) < depth:
                raise XqgError(
                    f"baseline {self.name}: arm {self.dense} ranks {len(rankings[1])} passages for question "
                    f"{question_id!r}, {depth} are needed; rank deeper"
                )
            found[question_id] = reciprocal_rank(rankings)[:depth]
        return found
