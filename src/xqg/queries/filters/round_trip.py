"""Queries that find their own passage among the best of the plain passage vectors.

After Alberti et al. (ACL 2019), with retrieval in place of their reader: the encoder that makes the
index judges the queries, exactly as arm `none` would rank them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from xqg.queries.filter import Block, Judgement, Needs
from xqg.vectors import unit_length

__all__ = ["EXAMPLE", "PlainPool", "RoundTrip", "not_in_top", "own_in_top", "parse"]

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

EXAMPLE = "round-trip:10"
DEFAULT_TOP = 10
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


@dataclass(frozen=True)
class RoundTrip:
    """Keep queries whose own passage is among the `top` best of the whole pool."""

    needs: ClassVar[Needs] = "pool"

    top: int = DEFAULT_TOP
    pool: PlainPool | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """`round-trip:10`."""
        return f"round-trip:{self.top}"

    def over(self, vectors: npt.NDArray[np.floating], ids: Sequence[str], normalised: bool) -> RoundTrip:
        """This filter for a pool: see `PlainPool`."""
        return dataclasses.replace(self, pool=PlainPool(vectors, ids, normalised))

    def judge(self, block: Block) -> Judgement:
        """None, or that the own passage is not in the top. The pool is read once per block."""
        if self.pool is None:
            raise ValueError(f"{self.name}: give the pool first, with `over`")
        codes = [code for code, owners in block.owners.items() if len(owners)]
        found: Judgement = {code: [] for code in block.owners}
        if not codes:
            return found
        queries = np.concatenate([block.queries[code] for code in codes])
        owners = np.concatenate([block.owners[code] for code in codes])
        hits = own_in_top(queries, owners, block.passages, block.passage_ids, self.pool, self.top)
        ends = np.cumsum([len(block.owners[code]) for code in codes])
        for code, mine in zip(codes, np.split(hits, ends[:-1]), strict=True):
            found[code] = [None if hit else not_in_top(self.top) for hit in mine.tolist()]
        return found


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


def not_in_top(top: int) -> str:
    """Why a query goes."""
    return f"own passage not in the top {top}"


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


def parse(setting: str | None) -> RoundTrip | None:
    """`round-trip` or `round-trip:5`."""
    if setting is None:
        return RoundTrip()
    if not re.fullmatch("[0-9]{1,9}", setting) or int(setting) < 1:
        return None
    return RoundTrip(int(setting))
