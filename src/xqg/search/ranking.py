"""From an engine's candidates to a ranking that is the same each time.

Faiss sums a product in an order that depends on the number of queries asked at once, so equal
vectors may differ in a score's last bit. The candidates are therefore scored again, one product at
a time, and ties are broken by passage id, descending, as trec_eval does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search.engine import Engine, ExactEngine

__all__ = ["rank", "rank_roughly", "tie_order"]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

SPARE = 16  # candidates beyond k, so that ties at the cut-off are seen
BATCH = 1024  # queries asked at once; bounds memory, and keeps Faiss on its fast path (from about 256)
ERROR = 1e-5  # more than float32 sums of the same products can differ, relative to |v|·|q|


def tie_order(ids: Sequence[str]) -> Rows:
    """Precedence of each row among equal scores: 0 for the largest id (by code point, as strcmp)."""
    order = np.empty(len(ids), dtype=np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__, reverse=True)] = np.arange(len(ids))
    return order


def rank(
    engine: ExactEngine, queries: Floats, k: int, ties: Rows, among: Rows | None = None
) -> tuple[Floats, Rows]:
    """The k best rows of each query by (score, id) descending.

    Args:
        queries: float32, shape (queries, dimension).
        k: at least 1; the whole pool where it is larger.
        ties: `tie_order` of the ids.
        among: the only rows that are ranked, each once; None: all.

    Returns:
        Scores (float32) and rows, each of shape (queries, min(k, passages)), or of these the ranked.

    Raises:
        XqgError: k < 1.
    """
    if k < 1:
        raise XqgError(f"k is {k}; it must be at least 1")
    k = min(k, engine.shape[0] if among is None else len(among))
    scores = np.empty((len(queries), k), dtype=np.float32)
    rows = np.empty((len(queries), k), dtype=np.int64)
    for start in range(0, len(queries) if k else 0, BATCH):
        batch = queries[start : start + BATCH]
        for place, candidates in enumerate(_candidates(engine, batch, k, among), start=start):
            exact = engine.products(queries[place], candidates)
            found = np.arange(len(exact)) if candidates is None else candidates
            best = np.lexsort((ties[found], -exact))[:k]
            scores[place], rows[place] = exact[best], found[best]
    return scores, rows


def rank_roughly(engine: Engine, queries: Floats, k: int, ties: Rows) -> tuple[Floats, Rows]:
    """What an approximate engine finds, by (score, id) descending; scores are the engine's own.

    Arguments, shapes and errors are those of `rank`; where an engine finds fewer than k, the rest is
    row -1 with the score -inf.
    """
    if k < 1:
        raise XqgError(f"k is {k}; it must be at least 1")
    scores, rows = engine.search(queries, min(k, engine.shape[0]))
    order = np.lexsort((np.where(rows < 0, len(ties), ties[rows]), -scores), axis=1)
    every = np.arange(len(queries))[:, None]
    return scores[every, order], rows[every, order]


def _candidates(engine: ExactEngine, queries: Floats, k: int, among: Rows | None) -> list[Rows | None]:
    """Rows among which the k best surely are, for each query; None stands for all rows."""
    passages = engine.shape[0] if among is None else len(among)
    result: list[Rows | None] = [among] * len(queries)
    margin = ERROR * engine.longest * np.linalg.norm(queries, axis=1)
    open_ = np.arange(len(queries))
    depth = k + SPARE
    while depth < passages and len(open_):
        scores, rows = engine.search(queries[open_], depth, among)
        enough = scores[:, -1] < scores[:, k - 1] - margin[open_]
        for place in np.flatnonzero(enough):
            result[open_[place]] = rows[place]
        open_ = open_[~enough]  # ties (or near ties) reach past the candidates: look deeper
        depth *= 4
    return result
