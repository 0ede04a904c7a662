"""`rrf`: reciprocal-rank fusion of BM25 and of the plain passage vectors.

Only passages that share a token with the question count as ranked by BM25: where there is none, the
fusion is the ranking by vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from xqg.errors import XqgError
from xqg.evaluation import Run
from xqg.experiment.plan import Plan
from xqg.experiment.system import System, Task
from xqg.experiment.systems.bm25 import Bm25
from xqg.search.reciprocal_rank import reciprocal_rank

__all__ = ["ReciprocalRank"]


class ReciprocalRank(System):
    """The fusion of a ranking by words and one by vectors, k = 60; a subclass names another two."""

    name = "rrf"
    order = 120
    uses = ("none",)
    lexical: ClassVar[Bm25] = Bm25()

    @property
    def dense(self) -> str:
        """The system whose ranking by vectors is fused."""
        return self.uses[0]

    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]:
        """What the ranking by words needs; that by vectors asks for its own."""
        return self.lexical.needs(plan, passage_language)

    def rank(self, task: Task) -> Run:
        """See `System.rank`. A passage beyond the end of a ranking counts as not ranked in it.

        Raises:
            XqgError: the run by vectors lacks a question, or leaves the fusion short.
        """
        depth = min(task.depth, len(task.passages))
        dense = task.run_of(self.dense)
        run: Run = {}
        for question_id, lexical in self.lexical.matches(task).items():
            rankings = [[id_ for id_, _ in lexical], [id_ for id_, _ in dense.get(question_id, ())]]
            if len(rankings[1]) < depth:
                raise XqgError(
                    f"system {self.name}: {self.dense} ranks {len(rankings[1])} passages for question "
                    f"{question_id!r}, {depth} are needed; rank deeper"
                )
            run[question_id] = reciprocal_rank(rankings)[:depth]
        return run
