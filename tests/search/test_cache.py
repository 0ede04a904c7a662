"""The cache: used when it fits, rebuilt when absent, damaged or stale, never needed."""

from __future__ import annotations

import json
import shutil

import faiss
import numpy as np
import pytest

from xqg.index import Index
from xqg.search import Weighting
from xqg.search.cache import cached_engine


@pytest.fixture
def fused_calls(monkeypatch: pytest.MonkeyPatch) -> list:
    calls: list = []
    original = Index.fused
    monkeypatch.setattr(Index, "fused", lambda self, *given: calls.append(given) or original(self, *given))
    return calls


def engine_of(index: Index):
    return cached_engine(index, Weighting.of(index))


def test_built_once_then_loaded(build, fused_calls) -> None:
    index = build()
    first = engine_of(index)
    assert sorted(path.name for path in (index.path / "cache").iterdir()) == ["flat.faiss", "flat.json"]
    again = engine_of(Index.open(index.path))
    assert len(fused_calls) == 1
    np.testing.assert_array_equal(first.vectors(), again.vectors())
    np.testing.assert_array_equal(first.vectors(), index.fused())


def flip(folder, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(bytes(data))


def edit(folder, **changes) -> None:
    path = folder / "flat.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def other_rows(folder) -> None:
    """A valid Faiss file with a matching hash, of another pool."""
    import hashlib

    other = faiss.IndexFlatIP(8)
    other.add(np.ones((3, 8), np.float32))
    faiss.write_index(other, str(folder / "flat.faiss"))
    edit(folder, sha256=hashlib.sha256((folder / "flat.faiss").read_bytes()).hexdigest())


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip(folder, "flat.faiss"),
        lambda folder: flip(folder, "flat.json"),
        lambda folder: (folder / "flat.faiss").unlink(),
        lambda folder: (folder / "flat.json").unlink(),
        lambda folder: (folder / "flat.json").write_text("[1]"),
        lambda folder: (folder / "flat.faiss").write_bytes(b""),
        lambda folder: edit(folder, version=2),
        lambda folder: edit(folder, sha256=None),
        other_rows,
    ],
)
def test_rebuilt_when_damaged(build, fused_calls, damage) -> None:
    index = build()
    wanted = engine_of(index).vectors()
    damage(index.path / "cache")
    np.testing.assert_array_equal(engine_of(index).vectors(), wanted)
    assert len(fused_calls) == 2
    engine_of(index)
    assert len(fused_calls) == 2  # and cached again


def test_stale_cache_of_another_index(build, pool, fused_calls) -> None:
    """Same settings and counts, other texts: the manifest's content hash tells them apart."""
    first, second = build("a"), build("b", passages=pool[::-1])
    engine_of(first)
    shutil.copytree(first.path / "cache", second.path / "cache")
    np.testing.assert_array_equal(engine_of(second).vectors()[::-1], engine_of(first).vectors())
    assert len(fused_calls) == 2


def test_another_weighting_is_not_taken_from_it(build) -> None:
    index = build()
    engine_of(index)
    other = cached_engine(index, Weighting.of(index, 0.9))
    np.testing.assert_array_equal(other.vectors(), index.fused(0.9))


def test_folder_that_cannot_be_written(build) -> None:
    index = build()
    (index.path / "cache").write_text("in the way")
    np.testing.assert_array_equal(engine_of(index).vectors(), index.fused())
    assert (index.path / "cache").read_text() == "in the way"


def test_failed_write_leaves_nothing(build, monkeypatch) -> None:
    from xqg.search.engines import FlatEngine

    def full(self, path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(FlatEngine, "save", full)
    index = build()
    engine_of(index)
    assert not list((index.path / "cache").iterdir())
