"""Hybrid search: the rankings of BM25 and of the vectors, fused by reciprocal rank.

As the baseline `rrf-cross` of a comparison (`experiment/systems/`): both rankings to a depth of
1,000, k = 60, and passages that share no token with the question count as not ranked by BM25.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xqg.search.ranking import Floats, Rows
from xqg.search.reciprocal_rank import FUSION_DEPTH, reciprocal_rank
from xqg.search.state import State
from xqg.search.weighting import Weighting

__all__ = ["fused"]


def fused(
    state: State, texts: Sequence[str], vectors: Floats, k: int, weighting: Weighting, where: str | None
) -> tuple[Floats, Rows]:
    """Scores and rows of the k best, each (questions, up to k); row -1 where there are no more.

    Args:
        texts: the questions.
        vectors: of the same questions, shape (questions, dimension).
        weighting: its languages are those of the queries that BM25 reads, too.
        where: both rankings are of the passages that it holds for.
    """
    depth = max(k, FUSION_DEPTH)
    _, dense = state.rank(vectors, depth, weighting, where)
    engine = state.lexical(weighting.languages)
    among = None if where is None else state.rows_where(where)
    width = min(k, len(state.index))
    scores = np.full((len(texts), width), -np.inf, dtype=np.float32)
    rows = np.full((len(texts), width), -1, dtype=np.int64)
    for place, (text, found) in enumerate(zip(texts, dense, strict=True)):
        _, lexical = engine.search(text, depth, among)
        row_of = {state.ids[row]: row for row in [*lexical.tolist(), *found[found >= 0].tolist()]}
        rankings = [[state.ids[row] for row in lexical], [state.ids[row] for row in found if row >= 0]]
        best = reciprocal_rank(rankings)[:width]
        scores[place, : len(best)] = [score for _, score in best]
        rows[place, : len(best)] = [row_of[id_] for id_, _ in best]
    return scores, rows
