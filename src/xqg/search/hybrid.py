"""Hybrid search: the rankings of BM25 and of the vectors, fused by reciprocal rank.

As the baselines `rrf` and `rrf-cross` of a comparison: both rankings to a depth of 1,000, k = 60, and
passages that share no token with the question count as not ranked by BM25.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xqg.search.ranking import Floats, Rows
from xqg.search.reciprocal_rank import reciprocal_rank
from xqg.search.state import State
from xqg.search.weighting import Weighting

__all__ = ["DEPTH", "fused"]

DEPTH = 1000  # of the rankings that are fused (at least), as in `comparison/baselines`


def fused(
    state: State, texts: Sequence[str], vectors: Floats, k: int, weighting: Weighting, where: str | None
) -> tuple[Floats, Rows]:
    """Scores and rows of the k best, each (questions, up to k); row -1 where there are no more.

    Args:
        texts, vectors: of the same questions; vectors of shape (questions, dimension).
        weighting: its languages are those of the queries that BM25 reads, too.
    """
    depth = max(k, DEPTH)
    engine = state.lexical(weighting.languages)
    _, dense = state.rank(vectors, depth, weighting, where)
    allowed = None if where is None else set(state.rows_where(where).tolist())
    width = min(k, len(state.index))
    scores = np.full((len(texts), width), -np.inf, dtype=np.float32)
    rows = np.full((len(texts), width), -1, dtype=np.int64)
    for place, (text, found) in enumerate(zip(texts, dense, strict=True)):
        _, lexical = engine.search(text, len(state.index) if allowed is not None else depth)
        matching = [row for row in lexical.tolist() if allowed is None or row in allowed][:depth]
        rankings = [[state.ids[row] for row in ranking if row >= 0] for ranking in (matching, found.tolist())]
        best = reciprocal_rank(rankings)[:width]
        scores[place, : len(best)] = [score for _, score in best]
        rows[place, : len(best)] = [state.row_of[id_] for id_, _ in best]
    return scores, rows
