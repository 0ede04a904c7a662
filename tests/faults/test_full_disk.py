"""A disk that is full: one line, nothing lost, and the same call goes on once there is room."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults import cases
from faults.disk_small import PAGE, Disk, small_disk
from faults.disk_told import ended, fault
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.change import WORK
from xqg.index.checksums import seal
from xqg.index.export import FORMATS, export_index
from xqg.index.store import delete_rows
from xqg.index.verify import verify
from xqg.index.work import parts_folder
from xqg.search import Searcher
from xqg.search.cache import check_cache

ROOM = 64 * 1024  # KiB: for anything here
FILES = 100_000


@dataclass
class Sweep:
    """Failures of one operation, by what they left: `fresh` nothing, `begun` steps, `unsealed` the new version."""

    fresh: int = 0
    begun: int = 0
    unsealed: int = 0


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xqg.index.build.SEGMENT", cases.SEGMENT)
    monkeypatch.setattr("xqg.index.compact.ROWS", 5)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> StoredIndex:
    return cases.base(tmp_path_factory.mktemp("base") / "index")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", ROOM) as made:
        yield made


def begin(disk: Disk, base: StoredIndex | None) -> Path:
    """The folder of the index on a disk that holds nothing else."""
    disk.resize(ROOM)
    disk.limit_files(FILES)
    for entry in disk.folder.iterdir():
        shutil.rmtree(entry)
    out = disk.folder / "index"
    if base is not None:
        shutil.copytree(base.path, out)
    return out


def limits(
    disk: Disk, base: StoredIndex | None, do: Callable[[Path], Any], stride: int = 1
) -> Iterator[Callable[[], None]]:
    """Sizes of the disk, page by page, and numbers of files, with which it fills up; every `stride`th of them."""
    out = begin(disk, base)
    sizes, files = disk.used, disk.files
    do(out)
    most = (disk.used, disk.files)
    for size in range(max(sizes, PAGE), most[0] + 3 * PAGE, PAGE * stride):
        yield lambda size=size: disk.resize(size)  # type: ignore[misc]
    for number in range(files, most[1] + 3, stride):
        yield lambda number=number: disk.limit_files(number)  # type: ignore[misc]


def check_left(out: Path, base: StoredIndex | None, sweep: Sweep) -> None:
    """What a failure left: the version before, whole, or a new one that is only not listed yet."""
    if not out.exists():
        assert base is None
        sweep.begun += parts_folder(out).exists()
        sweep.fresh += not parts_folder(out).exists()
        return
    assert base is not None
    now = StoredIndex.open(out)
    report = verify(out)
    if now.version == base.version:
        assert cases.same(now, base)
        assert all(one.where == WORK and one.what.startswith("an interrupted") for one in report.problems)
        sweep.begun += len(report.problems)
        sweep.fresh += not report.problems
    else:
        assert now.version == base.version + 1
        assert all(one.where == WORK or "not in checksums.json" in one.what for one in report.problems)
        sweep.unsealed += 1


def sweep(disk: Disk, base: StoredIndex | None, do: Callable[[Path], Any], stride: int) -> Sweep:
    """Do it on a disk that is full earlier or later; each time it must go on afterwards."""
    wanted: tuple[Any, ...] | None = None
    found = Sweep()
    for limit in limits(disk, base, do, stride):
        if wanted is None:
            wanted = kept(disk.folder / "index")
        out = begin(disk, base)
        limit()
        code, printed = ended(lambda out=out: do(out))
        if code:
            assert fault(code, printed) is None
            assert str(out) in printed, printed
            assert "No space left" in printed or "as on a full disk" in printed, printed
            check_left(out, base, found)
        disk.resize(ROOM)
        disk.limit_files(FILES)
        do(out)
        assert kept(out) == wanted
        assert verify(out).problems == []
        assert not (out / WORK).exists()
        assert not parts_folder(out).exists()
    return found


def kept(path: Path) -> tuple[Any, ...]:
    """What an index holds, in memory."""
    index = StoredIndex.open(path)
    return index.version, index.manifest, index.message, cases.rows(index)


@pytest.mark.parametrize(
    ("name", "stride", "phases"),
    [
        ("index", 2, {"fresh", "begun"}),
        ("index --filter", 4, {"fresh", "begun"}),
        ("add", 1, {"fresh", "begun"}),
        ("add --replace", 3, {"fresh", "begun"}),
        ("add-language", 1, {"fresh", "begun"}),
        ("compact", 1, {"fresh", "begun"}),
        ("remove", 1, {"fresh"}),
        ("remove, a whole file", 1, {"fresh"}),
        ("restore", 1, {"fresh"}),
    ],
)
def test_a_change_on_a_disk_that_fills_up(
    disk: Disk, base: StoredIndex, name: str, stride: int, phases: set[str]
) -> None:
    found = sweep(disk, None if name.startswith("index") else base, cases.OPERATIONS[name], stride)
    assert {phase for phase in ("fresh", "begun") if getattr(found, phase)} == phases
    assert found.fresh + found.begun + found.unsealed > 6


def test_the_disk_fills_up_after_the_commit(disk: Disk, base: StoredIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new version is there, and the same call lists its files."""
    do = cases.OPERATIONS["add"]
    out = begin(disk, base)
    do(out)
    wanted = kept(out)
    out = begin(disk, base)
    with monkeypatch.context() as patch:

        def full(path: Path, version: int, known: Any = None) -> None:
            disk.resize(disk.used)
            seal(path, version, known)

        patch.setattr("xqg.index.change.seal", full)
        code, printed = ended(lambda: do(out))
    assert fault(code, printed) is None
    assert str(out) in printed
    assert kept(out) == wanted
    assert any("not in checksums.json" in one.what for one in verify(out).problems)
    disk.resize(ROOM)
    assert do(out).version == base.version + 1
    assert kept(out) == wanted
    assert verify(out).problems == []


def test_room_that_comes_and_goes_loses_no_list_of_deleted_rows(disk: Disk, base: StoredIndex) -> None:
    """Lance takes a list that it could not write for written: with room again, its commit would succeed."""
    out = begin(disk, base)
    index = StoredIndex.open(out)
    disk.resize(disk.used)
    with pytest.raises(XqgError, match=r"_deletions/.* is cut short, as on a full disk\); free space"):
        delete_rows(out, index.dataset.get_fragments()[0], ["p0"])


@pytest.mark.parametrize("engine", ["Flat", "HNSW8"])
def test_a_search_does_without_its_cache(disk: Disk, base: StoredIndex, engine: str) -> None:
    def hits(path: Path) -> list[Any]:
        searcher = Searcher(StoredIndex.open(path), cases.Encoder(), engine=engine)
        return [
            (hit.score, hit.passage_id)
            for options in ({}, {"hybrid": True})
            for found in searcher.search(["Text number 3.", "later"], 5, **options)
            for hit in found
        ]

    wanted = hits(base.path)
    shutil.rmtree(base.path / "cache")
    kinds = set()
    for limit in limits(disk, base, hits):
        out = begin(disk, base)
        before = sorted(out.iterdir())
        limit()
        assert hits(out) == wanted
        assert check_cache(StoredIndex.open(out)) == []
        entries = sorted(path.suffix for path in out.glob("cache/*"))
        kinds.add(tuple(entries))
        assert verify(out).problems == []
        assert [path for path in sorted(out.iterdir()) if path.name != "cache"] == before
        disk.resize(ROOM)
        disk.limit_files(FILES)
        assert hits(out) == wanted
        assert check_cache(StoredIndex.open(out)) == []
        assert len(list(out.glob("cache/*.json"))) == 2
    assert len(kinds) >= 3, kinds  # none, one of the two entries, both


@pytest.mark.parametrize("to", sorted(FORMATS))
def test_an_export_is_whole_or_absent(disk: Disk, base: StoredIndex, to: str) -> None:
    def export(out: Path) -> None:
        export_index(base, out, to)

    def content(out: Path) -> dict[str, bytes]:
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}

    wanted: dict[str, bytes] = {}
    failures = 0
    for limit in limits(disk, None, export):
        wanted = wanted or content(disk.folder / "index")
        out = begin(disk, None)
        limit()
        code, printed = ended(lambda out=out: export(out))
        if code:
            failures += 1
            assert fault(code, printed) is None
            assert list(disk.folder.iterdir()) == []
        disk.resize(ROOM)
        disk.limit_files(FILES)
        if code:
            export(out)
        assert content(out) == wanted
    assert failures >= 2
