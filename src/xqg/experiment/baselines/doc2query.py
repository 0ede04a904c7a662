"""`doc2query`: BM25 over passages with their generated queries in the question's language appended.

Nogueira, Yang, Lin, Cho: *Document Expansion by Query Prediction*, arXiv 1904.08375 (2019), across
languages: for each question language an index of its own, as the arm `target-n` has.
"""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.experiment.baseline import BaselineContext
from xqg.experiment.baselines.bm25 import Bm25
from xqg.experiment.plan import Plan
from xqg.passages.records import Passage

__all__ = ["Doc2Query"]


class Doc2Query(Bm25):
    """The lexical counterpart of `target-n`: the same queries, as words instead of vectors."""

    name = "doc2query"

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """n in each question language; in the passage's own, the first n of `mono`'s."""
        return dict.fromkeys(plan.query_languages, plan.n)

    def count(self, plan: Plan) -> int:
        """n."""
        return plan.n

    def text_of(self, passage: Passage, context: BaselineContext, language: str) -> str:
        """Title, text and the first n queries in the question's language.

        Raises:
            XqgError: the passage has fewer than n.
        """
        texts = context.queries.get(language, {}).get(passage.id, ())
        if len(texts) < context.plan.n:
            raise XqgError(
                f"baseline {self.name} needs {context.plan.n} queries in {language!r} for every passage, "
                f"{passage.id} has {len(texts)}; add them or leave the baseline out (--baselines)"
            )
        return " ".join([passage.full_text, *texts[: context.plan.n]])
