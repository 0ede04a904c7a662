"""`doc2query`: BM25 over passages with their generated queries in the question's language appended.

Nogueira, Yang, Lin, Cho: *Document Expansion by Query Prediction*, arXiv 1904.08375 (2019), across
languages: for each question language an index of its own, as the system `target-n` has.
"""

from __future__ import annotations

from collections.abc import Mapping

from xqg.errors import XqgError
from xqg.experiment.plan import Plan
from xqg.experiment.system import Task
from xqg.experiment.systems.bm25 import Bm25
from xqg.passages.records import Passage

__all__ = ["Doc2Query"]


class Doc2Query(Bm25):
    """The lexical counterpart of `target-n`: the same queries, as words instead of vectors."""

    name = "doc2query"
    order = 110

    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]:
        """n in each question language; in the passage's own, the first n of `mono`'s."""
        return dict.fromkeys(plan.query_languages, plan.n)

    def count(self, plan: Plan) -> int:
        """n."""
        return plan.n

    def text_of(self, passage: Passage, task: Task) -> str:
        """Title, text and the first n queries in the question's language.

        Raises:
            XqgError: the passage has fewer than n.
        """
        texts = task.queries.get(task.language, {}).get(passage.id, ())
        if len(texts) < task.plan.n:
            raise XqgError(
                f"system {self.name} needs {task.plan.n} queries in {task.language!r} for every passage, "
                f"{passage.id} has {len(texts)}; add them or leave the system out"
            )
        return " ".join([passage.full_text, *texts[: task.plan.n]])
