"""What filters must know of the whole pool before they can judge a part of it: first passes over it.

A pass keeps what it makes in files, segment by segment, and takes what an earlier run kept. The
second pass, in `build`, `add` and `languages`, takes passages' vectors from there; queries' vectors
are made again, since all of them would be many times as large as the index.

Queries that come later are judged by what is there then: the pool is the passages of the index and
the new ones, and a threshold stays that of the queries it was taken from. Earlier queries are not
judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.errors import XqgError
from xqg.index import pool_vectors
from xqg.index.index import StoredIndex
from xqg.index.segment import Maker, Segment, query_texts
from xqg.index.sources import QuerySource
from xqg.index.work import QUERIES, Work
from xqg.kept import keep_array, kept_array
from xqg.passages import Passage
from xqg.queries.filter import PoolFilter, QueryFilter, ScoreFilter, Threshold
from xqg.queries.filters import filter_of

__all__ = ["check_filters", "prepared", "prepared_addition", "prepared_languages", "stored_filters"]

Floats = npt.NDArray[np.float32]
POOL, SCORES = "pool", "scores"  # folders of a change under way


class _Rows(Protocol):
    """What is gone through: as `Segment`, or rows of an index."""

    @property
    def passages(self) -> list[Passage]: ...
    @property
    def blocks(self) -> list[int]: ...


Item = TypeVar("Item", bound=_Rows)


def check_filters(filters: Iterable[QueryFilter]) -> None:
    """Raise XqgError for a filter given twice where its thresholds would not be told apart."""
    names = [one.name for one in filters if isinstance(one, ScoreFilter)]
    if len(names) > 1:
        raise XqgError(f"filters {' and '.join(names)} are of one kind; give one of them")


def prepared(
    maker: Maker,
    pieces: Callable[[], Iterable[Segment]],
    source: QuerySource,
    fusion: Fusion,
    work: Work,
    advance: Callable[[int], None],
) -> tuple[Maker, dict[str, Any]]:
    """For a new index: the maker with filters that know the pool, and what the manifest keeps of that.

    Args:
        pieces: all segments, begun anew with each call.
        fusion: the index's.
        advance: told the number of queries as they are made.

    Raises:
        XqgError: a passage whose vector float16 cannot hold, unless `maker.skip_bad`.
    """
    filters = maker.cleaning.filters
    parts: list[pool_vectors.Part] = []
    if maker.languages and any(one.needs != "texts" for one in filters):
        maker = replace(maker, folder=work.folder / POOL)
        parts = pool_vectors.encoded(maker, pieces())
    maker = _with(maker, [_over(one, parts, np.float32, fusion) for one in filters])
    return _with_thresholds(maker, pieces(), maker.passage_vectors, source, work, advance)


def prepared_addition(
    maker: Maker,
    index: StoredIndex,
    pieces: Callable[[], Iterable[Segment]],
    source: QuerySource,
    gone: Collection[str],
    work: Work,
) -> Maker:
    """For passages added to an index: the pool is its passages but those `gone`, and all new ones.

    Arguments and errors as of `prepared`.
    """
    filters = maker.cleaning.filters
    parts: list[pool_vectors.Part] = []
    if source.languages and any(one.needs == "pool" for one in filters):
        maker = replace(maker, folder=work.folder / POOL)
        parts = [pool_vectors.stored(index, work.folder / POOL, gone), *pool_vectors.encoded(maker, pieces())]
    later = [_later(one, index) for one in filters]
    return _with(maker, [_over(one, parts, np.float16, index.manifest.fusion) for one in later])


def prepared_languages(
    maker: Maker,
    index: StoredIndex,
    rows: Iterable[Item],
    vectors: Callable[[Item], Floats],
    source: QuerySource,
    work: Work,
    advance: Callable[[int], None],
) -> tuple[Maker, dict[str, Any]]:
    """For languages added to an index: the pool is its passages; the languages get their own thresholds.

    Args:
        rows: all of the index.
        vectors: of some rows' passages, float32, shape (passages, dimension).
        advance: told the number of queries as they are made.

    Returns:
        The maker, and the thresholds of the new languages.
    """
    filters = maker.cleaning.filters
    parts: list[pool_vectors.Part] = []
    if any(one.needs == "pool" for one in filters):
        parts = [pool_vectors.stored(index, work.folder / POOL)]
    maker = _with(maker, [_over(one, parts, np.float16, index.manifest.fusion) for one in filters])
    return _with_thresholds(maker, rows, vectors, source, work, advance)


def stored_filters(index: StoredIndex) -> tuple[QueryFilter, ...]:
    """The filters that an index was built with, as they were given.

    Raises:
        XqgError: one that this xqg does not know.
    """
    found = []
    for name in index.manifest.filters:
        parsed = filter_of(name)
        if parsed is None:
            raise XqgError(
                f"{index.path}: made with the filter {name!r}, which this xqg does not know; upgrade xqg, or "
                "build the index again"
            )
        found.append(parsed)
    return tuple(found)


def _with(maker: Maker, filters: Iterable[QueryFilter]) -> Maker:
    return replace(maker, cleaning=replace(maker.cleaning, filters=tuple(filters)))


def _over(one: QueryFilter, parts: list[pool_vectors.Part], dtype: npt.DTypeLike, fusion: Fusion) -> QueryFilter:
    return pool_vectors.over(one, parts, dtype, fusion) if isinstance(one, PoolFilter) else one


def _later(one: QueryFilter, index: StoredIndex) -> QueryFilter:
    if not isinstance(one, ScoreFilter):
        return one
    try:
        stored = {code: Threshold.from_json(row) for code, row in index.manifest.thresholds.items()}
    except (KeyError, TypeError):
        raise XqgError(f"{index.path}: its thresholds are broken; build the index again") from None
    return one.for_additions(stored)


def _with_thresholds(
    maker: Maker,
    rows: Iterable[Item],
    vectors: Callable[[Item], Floats],
    source: QuerySource,
    work: Work,
    advance: Callable[[int], None],
) -> tuple[Maker, dict[str, Any]]:
    """The maker with thresholds from a pass over all rows, where a filter needs them; and as JSON values."""
    best = maker.cleaning.scoring
    if best is None or not maker.languages:
        return maker, {}
    folder, number = work.folder / SCORES, 0
    for number, item in enumerate(rows, start=1):
        files = {code: _file(folder, number, code) for code in maker.languages}
        if any(kept_array(path, mapped=True) is None for path in files.values()):
            texts = query_texts(source, item.passages, item.blocks, work.folder / QUERIES, advance)
            scores = maker.scores(Segment(item.passages, item.blocks, texts), vectors(item))
            for code, path in files.items():
                keep_array(path, scores[code])
    found = {code: _threshold(best, folder, number, code) for code in maker.languages}
    filters = [best.with_thresholds(found) if one is best else one for one in maker.cleaning.filters]
    return _with(maker, filters), _as_json(found)


def _threshold(best: ScoreFilter, folder: Path, files: int, code: str) -> Threshold:
    """Of one language, so that the scores of one are in memory at a time."""
    scores = []
    for number in range(1, files + 1):
        one = kept_array(_file(folder, number, code))
        if one is None:
            raise XqgError(f"{_file(folder, number, code)}: damaged or gone; run the same command again")
        scores.append(cast(Floats, one))
    return best.thresholds({code: np.concatenate(scores)})[code]


def _file(folder: Path, number: int, code: str) -> Path:
    return folder / f"{number}.{code}.npy"


def _as_json(thresholds: Mapping[str, Threshold]) -> dict[str, Any]:
    return {code: threshold.to_json() for code, threshold in thresholds.items()}
