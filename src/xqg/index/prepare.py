"""What filters must know of the whole pool before they can judge a part of it."""

from __future__ import annotations

from typing import Any

from xqg.augmentation.filters import QueryFilter
from xqg.index.index import Index
from xqg.index.progress import Ticker
from xqg.index.segment import Maker
from xqg.index.sources import QuerySource
from xqg.index.work import Work
from xqg.passages import PassageSource

__all__ = ["prepared"]


def prepared(
    maker: Maker, pool: PassageSource, source: QuerySource, rows: int, work: Work, ticker: Ticker
) -> tuple[Maker, dict[str, Any]]:
    """The maker with filters that know the pool, and what the manifest keeps of that."""
    return maker, {}


def stored_filters(index: Index) -> tuple[QueryFilter, ...]:
    """The filters that an index was built with, for queries that come later."""
    return ()
