"""The cache: used when it fits, rebuilt when absent, damaged or stale, never needed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import faiss
import numpy as np
import pytest

from xqg.index import StoredIndex
from xqg.index.integrity import VERIFIED
from xqg.index.reweight import reweight_index
from xqg.search import Weighting
from xqg.search.cache import cached_engine, check_cache, prepare_engine


@pytest.fixture
def fused_calls(monkeypatch: pytest.MonkeyPatch) -> list:
    calls: list = []
    original = StoredIndex.fused_blocks
    monkeypatch.setattr(StoredIndex, "fused_blocks", lambda self, *given: calls.append(given) or original(self, *given))
    return calls


def engine_of(index: StoredIndex, factory: str = "Flat", say=None):
    return cached_engine(index, Weighting.of(index), factory, say)


def names(index: StoredIndex) -> list[str]:
    """Files of entries: all but the memory of which files of the dataset are sound."""
    return sorted(path.name for path in (index.path / "cache").iterdir() if path.name != VERIFIED)


def test_built_once_then_loaded(build, fused_calls) -> None:
    index = build()
    first = engine_of(index)
    sidecar, file = ((index.path / "cache" / name) for name in reversed(names(index)))
    assert sidecar.stem == file.stem
    assert (sidecar.suffix, file.suffix) == (".json", ".faiss")
    again = engine_of(StoredIndex.open(index.path))
    assert len(fused_calls) == 1
    np.testing.assert_array_equal(first.vectors(), again.vectors())
    np.testing.assert_array_equal(first.vectors(), index.fused())
    found, wanted = again.search(index.fused()[:3], 7), first.search(index.fused()[:3], 7)
    np.testing.assert_array_equal(found, wanted)  # from the mapped file as from memory


def one(folder: Path, suffix: str) -> Path:
    [path] = folder.glob(f"*.{suffix}")
    return path


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def edit(folder: Path, **changes) -> None:
    path = one(folder, "json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def other_rows(folder: Path) -> None:
    """A valid Faiss file with a matching hash, of another pool."""
    other = faiss.IndexFlatIP(8)
    other.add(np.ones((3, 8), np.float32))
    data = faiss.serialize_index(other).tobytes()
    one(folder, "faiss").write_bytes(data)
    edit(folder, files={"faiss": [len(data), hashlib.sha256(data).hexdigest()]})


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip(one(folder, "faiss")),
        lambda folder: flip(one(folder, "json")),
        lambda folder: one(folder, "faiss").unlink(),
        lambda folder: one(folder, "json").unlink(),
        lambda folder: one(folder, "json").write_text("[1]"),
        lambda folder: one(folder, "faiss").write_bytes(b""),
        lambda folder: edit(folder, data="0" * 64),
        lambda folder: edit(folder, files=None),
        lambda folder: edit(folder, files={}),
        other_rows,
    ],
)
def test_rebuilt_when_damaged(build, fused_calls, damage) -> None:
    index = build()
    wanted = engine_of(index).vectors()
    before = names(index)
    damage(index.path / "cache")
    np.testing.assert_array_equal(engine_of(index).vectors(), wanted)
    assert len(fused_calls) == 2
    engine_of(index)
    assert len(fused_calls) == 2  # and cached again
    assert names(index) == before


def test_stale_cache_of_another_index(build, pool, fused_calls) -> None:
    """Same settings and counts, other texts: the checksums of the data tell them apart."""
    first, second = build("a"), build("b", passages=pool[::-1])
    engine_of(first)
    shutil.copytree(first.path / "cache", second.path / "cache", dirs_exist_ok=True)
    np.testing.assert_array_equal(engine_of(second).vectors()[::-1], engine_of(first).vectors())
    assert len(fused_calls) == 2


def test_one_entry_a_weighting_and_engine(build) -> None:
    index = build()
    engine_of(index)
    other = cached_engine(index, Weighting.of(index, 0.9), "Flat")
    np.testing.assert_array_equal(other.vectors(), index.fused(0.9))
    engine_of(index, "HNSW4")
    assert len(names(index)) == 6
    np.testing.assert_array_equal(engine_of(index).vectors(), index.fused())


def test_search_parameters_share_a_file(build, fused_calls) -> None:
    index = build()
    engine_of(index, "HNSW4")
    engine = engine_of(index, "HNSW4:efSearch=7")
    assert engine.factory == "HNSW4:efSearch=7"
    assert len(fused_calls) == 1
    assert len(names(index)) == 2


def test_what_an_approximate_engine_says_once(build) -> None:
    index, said = build(), []
    engine_of(index, "HNSW4", said.append)
    [line] = said
    assert line.startswith("HNSW4 over 7 passages built in ")
    assert line.endswith(" s; recall@10 against exact search 1.000 (7 passages' generated queries)")
    sidecar = json.loads(one(index.path / "cache", "json").read_text())
    assert sidecar["recall"] == {
        "engine": "HNSW4",
        "at": 10,
        "value": 1.0,
        "asked": "7 passages' generated queries",
    }
    engine_of(index, "HNSW4", said.append)
    assert len(said) == 1
    engine_of(index, "Flat", said.append)
    assert len(said) == 1  # exact: nothing to say


def test_the_index_s_own_engine_is_prepared(build) -> None:
    index = build(engine="HNSW4")
    assert prepare_engine(index).factory == "HNSW4"
    assert [name.split("-")[0] for name in names(index)] == ["HNSW4", "HNSW4"]


def test_versions_do_not_take_each_other_s_files(build, fused_calls) -> None:
    before = build()
    after = reweight_index(before.path, alpha=0.7)
    np.testing.assert_array_equal(engine_of(after).vectors(), after.fused())
    newer = names(before)
    fused_calls.clear()
    np.testing.assert_array_equal(engine_of(before).vectors(), before.fused())  # stored beside, not instead
    assert set(newer) < set(names(before))
    assert len(names(before)) == 4
    fused_calls.clear()
    engine_of(before)
    engine_of(after)
    assert fused_calls == []
    engine_of(after, "HNSW4")  # a later version is stored: the earlier one's go
    assert set(newer) < set(names(before))
    assert len(names(before)) == 4
    assert all(name.startswith("HNSW4") for name in set(names(before)) - set(newer))


def test_folder_that_cannot_be_written(build) -> None:
    index = build()
    shutil.rmtree(index.path / "cache")
    (index.path / "cache").write_text("in the way")
    np.testing.assert_array_equal(engine_of(index).vectors(), index.fused())
    assert (index.path / "cache").read_text() == "in the way"
    assert check_cache(index) == ["is not a folder"]


def test_failed_write_leaves_nothing(build, monkeypatch) -> None:
    from xqg.search.engines import FlatEngine

    def full(self, path) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(FlatEngine, "save", full)
    index = build()
    engine_of(index)
    assert names(index) == []


def test_check_of_a_whole_cache(build) -> None:
    index = build()
    assert check_cache(index) == []
    engine_of(index)
    engine_of(index, "HNSW4")
    reweight_index(index.path, alpha=0.7)
    assert check_cache(StoredIndex.open(index.path)) == []  # an earlier version's are no damage
    assert check_cache(index) == []


def damaged_file(folder: Path) -> str:
    flip(one(folder, "faiss"))
    return one(folder, "faiss").name + " is damaged or missing"


def missing_file(folder: Path) -> str:
    name = one(folder, "faiss").name
    one(folder, "faiss").unlink()
    return f"{name} is damaged or missing"


def damaged_sidecar(folder: Path) -> str:
    flip(one(folder, "json"))
    return one(folder, "json").name + " is damaged"


def later(folder: Path) -> str:
    edit(folder, version=9)
    return one(folder, "json").name + " is of version 9, the latest is 1"


def of_other_data(folder: Path) -> str:
    edit(folder, data="0" * 64)
    return one(folder, "json").name + " is of other data than version 1 has"


def stray(folder: Path) -> str:
    (folder / "notes.txt").write_text("mine")
    os.utime(folder / "notes.txt", (0, 0))
    return "notes.txt belongs to nothing"


@pytest.mark.parametrize(
    "damage", [damaged_file, missing_file, damaged_sidecar, later, of_other_data, stray]
)
def test_check_names_what_is_wrong(build, damage) -> None:
    index = build()
    engine_of(index)
    assert check_cache(index) == [] != [damage(index.path / "cache")] == check_cache(index)


def test_remains_of_a_killed_write_are_swept_up(build) -> None:
    index = build()
    old, new = index.path / "cache" / ".killed", index.path / "cache" / ".writing"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "faiss").write_bytes(b"half")
    os.utime(old, (0, 0))
    assert check_cache(index) == [".killed belongs to nothing"]
    engine_of(index)
    assert not old.exists()
    assert new.exists()  # somebody may be at it
