"""Query vectors kept one by one, with the passage that each belongs to, and their sums."""

from __future__ import annotations

import dataclasses
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

__all__ = ["QueryGroups", "QueryVectors", "rescaled"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BLOCK = 1024  # passages summed at a time


@dataclass(frozen=True, eq=False)
class QueryVectors:
    """Queries of a pool's passages, such as all those generated in one language.

    A selection (`first`, `where`, `of_passages`, `moved`) shares `vectors` and copies row numbers
    only. Blank texts, which generators write now and then, are in `vectors` but never selected.

    Attributes:
        vectors: float32, shape (texts, dimension), as the encoder emits them; they may lie in a file.
        index: rows of `vectors`, one per query, shape (queries,).
        rows: the passage's row of each query, ascending, shape (queries,).
        places: each query's number within its passage, from 0, blank ones counted, shape (queries,).
        passages: in the pool.
        weights: factor on each passage's sum, float32, shape (passages,); None: 1.
    """

    vectors: Floats
    index: Ints
    rows: Ints
    places: Ints
    passages: int
    weights: Floats | None = None

    @classmethod
    def of(cls, vectors: Floats, counts: Sequence[int], real: Mask | None = None) -> QueryVectors:
        """From vectors passage by passage.

        Args:
            vectors: float32, shape (texts, dimension).
            counts: texts of each passage, in the pool's order; their total is the number of texts.
            real: False for blank texts, shape (texts,); None: there is none.
        """
        rows = np.repeat(np.arange(len(counts)), counts)
        starts = np.cumsum([0, *counts[:-1]]) if len(counts) else np.zeros(0, dtype=np.int64)
        places = np.arange(len(rows)) - np.repeat(starts, counts)
        found = cls(vectors, np.arange(len(rows)), rows, places, len(counts))
        return found if real is None else found.where(real)

    def __len__(self) -> int:
        return len(self.index)

    def where(self, keep: Mask) -> QueryVectors:
        """Those with True, shape (queries,)."""
        if keep.all():  # the very same queries, whose row numbers need not be held twice
            return self
        return dataclasses.replace(
            self, index=self.index[keep], rows=self.rows[keep], places=self.places[keep]
        )

    def first(self, count: int) -> QueryVectors:
        """The first `count` of each passage; a blank one takes a place and adds nothing."""
        return self.where(self.places < count)

    def of_passages(self, keep: Mask) -> QueryVectors:
        """Those of the passages with True, shape (passages,)."""
        return self.where(keep[self.rows])

    def moved(self, sources: Ints) -> QueryVectors:
        """Passage r gets the queries of passage `sources[r]`, shape (passages,)."""
        bounds = np.searchsorted(self.rows, np.arange(self.passages + 1))
        taken = [np.arange(bounds[source], bounds[source + 1]) for source in sources]
        order = np.concatenate([np.zeros(0, dtype=np.int64), *taken])
        rows = np.repeat(np.arange(self.passages), self.counts[sources])
        return dataclasses.replace(self, index=self.index[order], rows=rows, places=self.places[order])

    @cached_property
    def counts(self) -> Ints:
        """Queries of each passage, shape (passages,)."""
        return np.bincount(self.rows, minlength=self.passages)

    @property
    def plain_sums(self) -> Floats:
        """Sum of each passage's query vectors, zeros without any: shape (passages, dimension)."""
        sums = np.zeros((self.passages, self.vectors.shape[1]), dtype=np.float32)
        for rows, part in self.plain_blocks():
            sums[rows] = part
        return sums

    @property
    def sums(self) -> Floats:
        """`plain_sums`, each times its passage's weight."""
        return self.plain_sums if self.weights is None else self.plain_sums * self.weights[:, None]

    def plain_blocks(self) -> Iterator[tuple[slice, Floats]]:
        """`plain_sums` of some passages at a time: their rows, and the sums, shape (rows, dimension).

        Vectors in a file are read on the way, and let go of again.
        """
        bounds = np.searchsorted(self.rows, np.arange(self.passages + 1))
        for start in range(0, self.passages, _BLOCK):
            rows = slice(start, min(start + _BLOCK, self.passages))
            firsts, counts = bounds[rows], self.counts[rows]
            part = np.zeros((len(counts), self.vectors.shape[1]), dtype=np.float32)
            # Query by query in their order, for all passages at once: floating point addition is not associative.
            for place in range(counts.max()):
                having = counts > place
                part[having] += self.vectors[self.index[firsts[having] + place]]
            _let_go(self.vectors)
            yield rows, part


class QueryGroups(Sequence[QueryVectors]):
    """All queries of an arm, in groups such as languages, and what they add up to.

    The totals are added up when they are first asked for, and kept; the groups' own sums are not.
    """

    def __init__(self, groups: Sequence[QueryVectors]) -> None:
        """Take the groups in the order in which they are added."""
        self._groups = tuple(groups)

    @classmethod
    def of(cls, groups: Sequence[QueryVectors]) -> QueryGroups:
        """The groups, if they are not such already."""
        return groups if isinstance(groups, cls) else cls(groups)

    @overload
    def __getitem__(self, number: int) -> QueryVectors: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[QueryVectors]: ...
    def __getitem__(self, number: int | slice) -> QueryVectors | Sequence[QueryVectors]:
        """A group, or some."""
        return self._groups[number]

    def __len__(self) -> int:
        """Number of groups."""
        return len(self._groups)

    def are(self, groups: Sequence[QueryVectors]) -> bool:
        """Whether these are the very same groups."""
        return len(groups) == len(self) and all(own is other for own, other in zip(self, groups, strict=True))

    @cached_property
    def counts(self) -> Ints:
        """Queries of each passage, shape (passages,); there must be a group."""
        total: Ints = np.sum([group.counts for group in self], axis=0)
        return total

    @cached_property
    def sums(self) -> Floats:
        """The groups' sums, weighted, added in their order, shape (passages, dimension); there must be a group."""
        return self._total(weighted=True)

    @cached_property
    def plain_sums(self) -> Floats:
        """As `sums`, without weights."""
        return self._total(weighted=False)

    def _total(self, *, weighted: bool) -> Floats:
        total = np.zeros((self[0].passages, self[0].vectors.shape[1]), dtype=np.float32)
        for group in self:
            for rows, part in group.plain_blocks():
                factors = group.weights if weighted else None
                total[rows] += part if factors is None else part * factors[rows, None]
        return total


def rescaled(groups: Sequence[QueryVectors], queries: int) -> list[QueryVectors]:
    """The groups with each passage's sums times K/K_p, so that K stays equal.

    Args:
        groups: an arm's; K_p is a passage's number of queries in all of them.
        queries: K. A passage without any has nothing to rescale.
    """
    if not groups:
        return []
    count = np.sum([group.counts for group in groups], axis=0)
    weights = np.where(count > 0, queries / np.maximum(count, 1), 1.0).astype(np.float32)
    return [dataclasses.replace(group, weights=weights) for group in groups]


def _let_go(vectors: Floats) -> None:
    """Take the pages of vectors that lie in a file out of this process's memory; elsewhere nothing is done."""
    base: object = vectors
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
