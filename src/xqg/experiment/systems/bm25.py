"""`bm25`: BM25 over the passages (title + text), with no generated query and no vector.

It reads the whole passage, not only the prefix that the encoder sees: that limit exists so that
generated queries are not credited for text hidden from the encoder, and a system without one has no such
limit. Any advantage is BM25's.
"""

from __future__ import annotations

import random

from xqg.evaluation import Run
from xqg.experiment.system import System, Task
from xqg.passages.records import Passage
from xqg.search.bm25 import Bm25Engine
from xqg.search.reciprocal_rank import FUSION_DEPTH

__all__ = ["Bm25"]


class Bm25(System):
    """See the file; `text_of` is what a subclass changes."""

    name = "bm25"
    order = 100

    def text_of(self, passage: Passage, task: Task) -> str:
        """What is indexed of a passage for questions of the task's language."""
        return passage.full_text

    def matches(self, task: Task) -> Run:
        """The passages that share a token with each question, best first, scores above 0.

        To the task's depth or `FUSION_DEPTH`, whichever is deeper; a question may have none.
        """
        key = (self.name, task.language)
        if key not in task.kept:
            task.kept[key] = self._search(task)
        return task.kept[key]

    def rank(self, task: Task) -> Run:
        """Matches, and below them the other passages in a random order, to the depth.

        BM25 says nothing about passages without a token of the question (all of them, for most
        questions in another script). They are ranked by chance, so that measures are taken at the
        same depth for every system and a question that finds nothing is at the chance level, not at
        0. Their scores are -1, -2, ...; those of matches are above 0. The order is drawn for each
        question, seeded by its language and id: an order of ids would favour the same passages each
        time.
        """
        ids = [passage.id for passage in task.passages]
        return {
            question_id: _filled(found[: task.depth], ids, task.depth, f"{task.language} {question_id}")
            for question_id, found in self.matches(task).items()
        }

    def _search(self, task: Task) -> Run:
        passages = task.passages
        engine = Bm25Engine.build(
            [self.text_of(passage, task) for passage in passages], [passage.id for passage in passages]
        )
        depth = max(task.depth, FUSION_DEPTH)
        run: Run = {}
        for question in task.questions:
            scores, rows = engine.search(question.text, depth)
            run[question.id] = [
                (passages[row].id, score)
                for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
            ]
        return run


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
