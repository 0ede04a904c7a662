"""`bm25`: BM25 over the passages (title + text), with no generated query and no vector.

It reads the whole passage, not only the prefix that the encoder sees: that limit exists so that
generated queries are not credited for text hidden from the encoder, and a baseline of its own has
none. Any advantage is the baseline's.
"""

from __future__ import annotations

import random

from xqg.evaluation import Run
from xqg.experiment.baseline import BaselineContext
from xqg.experiment.plan import Plan
from xqg.passages.records import Passage
from xqg.search.bm25 import Bm25Engine
from xqg.search.reciprocal_rank import FUSION_DEPTH

__all__ = ["FUSION_DEPTH", "Bm25"]


class Bm25:
    """See the module; `text_of` is what a subclass changes."""

    name = "bm25"
    dense: str | None = None

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """Nothing."""
        return {}

    def count(self, plan: Plan) -> int:
        """0."""
        return 0

    def text_of(self, passage: Passage, context: BaselineContext, language: str) -> str:
        """What is indexed of a passage for questions of a language."""
        return passage.full_text

    def matches(self, context: BaselineContext, language: str) -> Run:
        """The passages that share a token with each question, best first, scores above 0.

        To `context.depth` or `FUSION_DEPTH`, whichever is deeper; a question may have none.
        """
        key = (self.name, language)
        if key not in context.cache:
            context.cache[key] = self._search(context, language)
        return context.cache[key]

    def run(self, context: BaselineContext, language: str, dense: Run | None = None) -> Run:
        """Matches, and below them the other passages in a random order, to the depth.

        BM25 says nothing about passages without a token of the question (all of them, for most
        questions in another script). They are ranked by chance, so that measures are taken at the
        same depth for every system and a question that finds nothing is at the chance level, not at
        0. Their scores are -1, -2, ...; those of matches are above 0. The order is drawn for each
        question, seeded by its language and id: an order of ids would favour the same passages each
        time.
        """
        ids = [passage.id for passage in context.benchmark.passages]
        matches = self.matches(context, language)
        return {
            question_id: _filled(found[: context.depth], ids, context.depth, f"{language} {question_id}")
            for question_id, found in matches.items()
        }

    def _search(self, context: BaselineContext, language: str) -> Run:
        passages = context.benchmark.passages
        engine = Bm25Engine.build(
            [self.text_of(passage, context, language) for passage in passages],
            [passage.id for passage in passages],
        )
        depth = max(context.depth, FUSION_DEPTH)
        found: Run = {}
        for question in context.benchmark.questions_in(language):
            scores, rows = engine.search(question.text, depth)
            found[question.id] = [
                (passages[row].id, score)
                for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
            ]
        return found


def _filled(
    matches: list[tuple[str, float]], ids: list[str], depth: int, seed: str
) -> list[tuple[str, float]]:
    missing = min(depth, len(ids)) - len(matches)
    if not missing:
        return matches
    matching = {passage_id for passage_id, _ in matches}
    others = [id_ for id_ in ids if id_ not in matching]
    drawn = random.Random(seed).sample(others, missing)
    return [*matches, *((id_, -float(place)) for place, id_ in enumerate(drawn, start=1))]
