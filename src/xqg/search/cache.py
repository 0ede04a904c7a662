"""Engines kept beside the dataset, built where they are missing, damaged or of another version."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.store import CACHE
from xqg.search.engines import Engine, FlatEngine, check_engine, engine_class, without_parameters
from xqg.search.entries import Entry, check_entries
from xqg.search.postings_files import FOLDER, damaged_files
from xqg.search.recall import RECALL_AT, measured_recall
from xqg.search.weighting import Weighting

__all__ = ["Say", "cached_engine", "check_cache", "prepare_engine"]

Say = Callable[[str], None]


def prepare_engine(index: StoredIndex, say: Say | None = None) -> Engine:
    """The engine of the index's own weighting, built and cached now if it is not yet.

    Args:
        say: told, of an engine that approximates, how long it took to build and what it finds.

    Raises:
        XqgError: the index cannot be read, or the engine not be built over it.
    """
    return cached_engine(index, Weighting.of(index), index.manifest.engine, say)


def cached_engine(index: StoredIndex, weighting: Weighting, text: str, say: Say | None = None) -> Engine:
    """The engine over the index's vectors with this weighting: from the cache, or built and cached.

    A folder that cannot be written is no error: the engine is kept in memory only. Engines that differ
    in the parameters of the search only share a file.

    Args:
        text: how the engine is asked for; see `xqg.search.engine`.
        say: as in `prepare_engine`.

    Raises:
        XqgError: the index cannot be read, or the engine not be built over it.
    """
    check_engine(text, index.manifest.dimension, len(index))
    shape = (len(index), index.manifest.dimension)
    entry = Entry(index, without_parameters(text), {"weighting": weighting.to_json(), "shape": list(shape)})
    engine = _load(entry, text)
    if engine is not None and engine.shape == shape:
        return engine
    engine, facts = _built(index, weighting, text, say)
    entry.store(lambda folder: engine.save(folder / engine.suffix), facts)
    return engine


def _built(
    index: StoredIndex, weighting: Weighting, text: str, say: Say | None
) -> tuple[Engine, dict[str, Any]]:
    """The engine, and what its sidecar tells of it."""
    of = (weighting.alpha, weighting.fusion, weighting.languages)
    if engine_class(text) is FlatEngine:  # holds the very vectors: no need to hold them beside it
        return FlatEngine.of_blocks(index.fused_blocks(*of), (len(index), index.manifest.dimension)), {}
    start = time.monotonic()
    vectors = index.fused(*of)
    engine = engine_class(text).build(vectors, text)
    seconds = time.monotonic() - start
    if engine.exact:
        return engine, {}
    recall, asked = measured_recall(engine, vectors, index, weighting)
    if say is not None:
        say(
            f"{text} over {len(index):,} passages built in {seconds:.1f} s; recall@{RECALL_AT} against "
            f"exact search {recall:.3f} ({asked})"
        )
    return engine, {"recall": {"engine": text, "at": RECALL_AT, "value": round(recall, 4), "asked": asked}}


def _load(entry: Entry, text: str) -> Engine | None:
    if not entry.whole():
        return None
    kind = engine_class(text)
    try:
        return kind.load(entry.path(kind.suffix), text)
    except (OSError, ValueError, XqgError):  # deleted meanwhile, not a file of this kind
        return None


def check_cache(index: StoredIndex) -> list[str]:
    """What is wrong with the cache, one line each, file first: all of it can be deleted without loss.

    Raises:
        XqgError: the index cannot be read.
    """
    return check_entries(index) + damaged_files(index.path / CACHE / FOLDER)
