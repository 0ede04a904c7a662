"""Whether an index is whole: its dataset and its cache."""

from __future__ import annotations

import os
from pathlib import Path

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index import verify as dataset
from xqg.index.report import Problem, Report
from xqg.index.store import CACHE
from xqg.progress import bars, changing

__all__ = ["verify"]


def verify(path: str | os.PathLike[str], *, progress: bool = True) -> Report:
    """Check every file of an index, every version, every passage and the cache; nothing is changed.

        >>> xqg.door.verify("my-index", progress=False).ok
        True

    It takes a path, as an index that is damaged may not open.

    Raises:
        XqgError: no index in the folder; it was changed meanwhile.
    """
    path = Path(path)
    with bars(progress), changing() as listener:
        report = dataset.verify(path, listener)
    report.problems += _cache(path)
    return report


def _cache(path: Path) -> list[Problem]:
    """What is wrong with the cache; where the index itself cannot be opened nothing is known of it."""
    from xqg.search.cache import check_cache

    try:
        found = check_cache(StoredIndex.open(path))
    except XqgError:
        return []
    return [Problem(CACHE, what, f"delete {path / CACHE}") for what in found]
