"""A folder that cannot be written: changes end with one line and change nothing, and reading works."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from faults import cases
from faults.disk_small import small_disk
from faults.disk_told import ended, fault
from xqg.index import StoredIndex
from xqg.index.checksums import sha256_of
from xqg.index.export import FORMATS, export_index
from xqg.index.history import index_history
from xqg.index.verify import verify
from xqg.search import Searcher
from xqg.search.cache import check_cache


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = cases.base(tmp_path_factory.mktemp("base") / "index").path
    search(path)  # fills the cache
    return path


@pytest.fixture(params=[True, False], ids=["cached", "not cached"])
def folder(tmp_path: Path, base: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """An index on a file system that is read-only."""
    with small_disk(tmp_path / "disk") as disk:
        shutil.copytree(base, disk.folder / "index")
        if not request.param:
            shutil.rmtree(disk.folder / "index" / "cache")
        disk.read_only()
        yield disk.folder / "index"


def files(folder: Path) -> dict[str, str]:
    return {str(path): sha256_of(path) if path.is_file() else "" for path in sorted(folder.rglob("*"))}


def search(path: Path, **options: Any) -> list[Any]:
    searcher = Searcher(StoredIndex.open(path), cases.Encoder(), **options)
    asked: list[dict[str, Any]] = [{}, {"alpha": 0.9}, {"hybrid": True}, {"where": "language = 'en'"}]
    if options:
        asked = [{}]
    return [
        (hit.score, hit.passage_id, hit.passage.text)
        for one in asked
        for found in searcher.search(["Text number 3.", "later"], 5, **one)
        for hit in found
    ]


CHANGES: dict[str, Callable[[Path], Any]] = {
    **{name: do for name, do in cases.OPERATIONS.items() if not name.startswith("index")},
    "index beside it": lambda path: cases.build(path.with_name("new")),
    "index into it": lambda path: cases.build(path / "new"),
    "export beside it": lambda path: export_index(StoredIndex.open(path), path.with_name("new"), "npy"),
}


def test_every_change_is_refused(folder: Path) -> None:
    before = files(folder.parent)
    for name, do in CHANGES.items():
        code, printed = ended(lambda do=do: do(folder))
        assert fault(code, printed) is None, name
        assert str(folder.parent) in printed, (name, printed)
        assert "ead-only" in printed, (name, printed)
        assert files(folder.parent) == before, name
    index = StoredIndex.open(folder)
    assert index.version == 2
    assert index.manifest.filters == ()


def test_all_that_reads_works(folder: Path, base: Path, tmp_path: Path) -> None:
    before = files(folder.parent)
    assert search(folder) == search(base)
    assert search(folder, engine="HNSW8") == search(base, engine="HNSW8")
    index = StoredIndex.open(folder)
    assert not Searcher(index, cases.Encoder()).follow()
    assert index.disk_bytes()["dataset"] == StoredIndex.open(base).disk_bytes()["dataset"]
    assert [one.command for one in index_history(folder)] == ["index", "remove"]
    report = verify(folder)
    assert (report.problems, report.notes) == ([], [])
    assert check_cache(index) == []
    for to in FORMATS:
        export_index(index, tmp_path / to, to)
        assert any((tmp_path / to).iterdir())
    assert files(folder.parent) == before
