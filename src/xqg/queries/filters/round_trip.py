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

from xqg.queries.filter import Block, Judgement, PoolFilter
from xqg.queries.plain_pool import PlainPool, own_in_top

__all__ = ["RoundTrip", "not_in_top"]

DEFAULT_TOP = 10


@dataclass(frozen=True)
class RoundTrip(PoolFilter):
    """Keep queries whose own passage is among the `top` best of the whole pool."""

    example: ClassVar[str] = "round-trip:10"
    top: int = DEFAULT_TOP
    pool: PlainPool | None = dataclasses.field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, setting: str | None) -> RoundTrip | None:
        """`round-trip` or `round-trip:5`."""
        if setting is None:
            return cls()
        if not re.fullmatch("[0-9]{1,9}", setting) or int(setting) < 1:
            return None
        return cls(int(setting))

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


def not_in_top(top: int) -> str:
    """Why a query goes."""
    return f"own passage not in the top {top}"
