"""Which queries find their own passage among the best of a pool's plain vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xqg.vectors import unit_length

__all__ = ["PlainPool", "own_in_top"]

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

ROWS, QUERIES = 4096, 1024  # of the pool and of the queries at once: bounds memory
ERROR = 1e-5  # more than float32 sums of the same products can differ, relative to |v|·|q|


@dataclass(frozen=True, eq=False)
class PlainPool:
    """The passages that queries are to find their own among.

    Attributes:
        vectors: as the encoder emits them, float32 or float16, shape (passages, dimension). Read a
            few thousand rows at a time, so it may be memory-mapped.
        ids: of each row.
        normalised: whether vectors are compared at unit length (normalised fusion), else as they are.
    """

    vectors: npt.NDArray[np.floating]
    ids: Sequence[str]
    normalised: bool

    def searched(self, vectors: npt.NDArray[np.floating]) -> Floats:
        """Some of the vectors as an index without generated queries would search them, float32."""
        plain = np.ascontiguousarray(vectors, dtype=np.float32)
        return unit_length(plain) if self.normalised else plain


def own_in_top(
    queries: Floats,
    owners: npt.NDArray[np.integer],
    passages: Floats,
    passage_ids: Sequence[str],
    pool: PlainPool,
    top: int,
) -> Mask:
    """Whether fewer than `top` passages of the pool beat each query's own; shape (queries,).

    A passage beats another with a higher score, or with the same score and a larger id, as in
    `xqg.search.ranking`. An own passage that the pool lacks is judged as if it were there.

    Args:
        queries: float32, shape (queries, dimension).
        owners: row in `passages` of each query's own.
        passages: as the encoder emits them, float32, shape (rows, dimension).
        passage_ids: of each row.
    """
    # In the pool's precision, so that an own passage is equal to its row of the pool.
    stored = passages.astype(pool.vectors.dtype, copy=False)
    own, found = pool.searched(stored), np.zeros(len(queries), bool)
    for start in range(0, len(queries), QUERIES):
        batch = slice(start, start + QUERIES)
        ids = [passage_ids[row] for row in owners[batch].tolist()]
        found[batch] = _beaten_by(queries[batch], own[owners[batch]], ids, pool, top) < top
    return found


def _beaten_by(
    queries: Floats, own: Floats, own_ids: Sequence[str], pool: PlainPool, top: int
) -> npt.NDArray[np.int64]:
    """How many passages of the pool beat each query's own: exact below `top`, else `top` or more."""
    counts = np.zeros(len(queries), dtype=np.int64)
    scores = np.array([_products(one[None], query)[0] for one, query in zip(own, queries, strict=True)])
    lengths = np.linalg.norm(queries, axis=1)
    for start in range(0, len(pool.vectors), ROWS):
        open_ = np.flatnonzero(counts < top)
        if not len(open_):
            break
        vectors = pool.searched(pool.vectors[start : start + ROWS])
        longest = float(np.sqrt(np.einsum("nd,nd->n", vectors, vectors).max()))
        own_score, margin = scores[open_, None], ERROR * longest * lengths[open_, None]
        products = queries[open_] @ vectors.T
        surely = np.count_nonzero(products > own_score + margin, axis=1)
        maybe = products >= own_score - margin
        counts[open_] += surely
        # A matrix product's last bits depend on its shape: those near the own score are looked at again.
        for place in np.flatnonzero(np.count_nonzero(maybe, axis=1) > surely):
            at = open_[place]
            rows = np.flatnonzero(maybe[place] & (products[place] <= (own_score + margin)[place]))
            exact = _products(vectors[rows], queries[at])
            ties = rows[exact == scores[at]]
            counts[at] += (exact > scores[at]).sum()
            counts[at] += sum(pool.ids[start + row] > own_ids[at] for row in ties.tolist())
    return counts


def _products(vectors: Floats, query: Floats) -> Floats:
    """Inner products of one query with vectors, each a dot product of its own: equal for equal vectors."""
    return np.matmul(vectors[:, None, :], query[:, None])[:, 0, 0]
