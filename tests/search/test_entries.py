"""Entries of the cache: several writers and readers at once, and what a check tells of BM25's files."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from xqg.index import StoredIndex
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.search import Searcher
from xqg.search.cache import check_cache
from xqg.search.entries import Entry

FILES = ("one", "two")


def store(entry: Entry) -> None:
    """Other bytes each time, as of a graph that several threads build; both files have the same."""

    def write(folder: Path) -> None:
        content = secrets.token_bytes(5000)
        for name in FILES:
            (folder / name).write_bytes(content)

    entry.store(write)


def store_often(path: Path, version: int, times: int) -> None:
    entry = Entry(StoredIndex.open(path, version), "some", {})
    for _ in range(times):
        store(entry)


def sound(entry: Entry) -> bool:
    return entry.whole() and len({entry.path(name).read_bytes() for name in FILES}) == 1


def test_many_threads_store_one_entry(build) -> None:
    index = build()
    start = threading.Barrier(8)

    def work(_: int) -> None:
        start.wait()
        store_often(index.path, 1, 20)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert sound(Entry(index, "some", {}))
    assert check_cache(index) == []
    assert len(list((index.path / "cache").glob("*.*"))) == 3


def test_many_processes_store_at_two_versions(build) -> None:
    before = build()
    after = reweight_index(before.path, alpha=0.7)
    jobs = [
        subprocess.Popen([sys.executable, __file__, str(before.path), version])
        for version in ("1", "2", "2")
    ]
    assert [job.wait(60) for job in jobs] == [0] * 3
    assert sound(Entry(after, "some", {}))  # never dropped by those at the earlier version
    assert check_cache(after) == []
    store(Entry(before, "some", {}))
    assert sound(Entry(before, "some", {}))
    assert sound(Entry(after, "some", {}))


def test_a_reader_takes_all_or_nothing(build, monkeypatch) -> None:
    """What another process sees after each step of a write over an entry that is there."""
    index = build()
    entry = Entry(index, "some", {})
    store(entry)
    replace, seen = os.replace, []

    def watched(*given) -> None:
        replace(*given)
        seen.append((Path(given[1]).name, entry.whole()))

    monkeypatch.setattr(os, "replace", watched)
    store(entry)
    monkeypatch.undo()
    assert len(seen) >= 2
    assert not any(whole for name, whole in seen if not name.endswith(".json"))
    assert sound(entry)


def test_two_writers_do_not_mix_their_files(build, monkeypatch) -> None:
    """The second begins between the first one's two files."""
    entry = Entry(build(), "some", {})
    replace, other = os.replace, threading.Thread(target=store, args=[entry])

    def interrupted(*given) -> None:
        replace(*given)
        if threading.current_thread() is not other and other.ident is None:
            other.start()
            other.join(0.5)  # it waits for the first, or is through by now

    monkeypatch.setattr(os, "replace", interrupted)
    store(entry)
    other.join(60)
    assert sound(entry)


def test_a_later_version_drops_earlier_entries_only(build) -> None:
    index = build()
    versions = [index, remove_passages(index.path, ["p1"]), remove_passages(index.path, ["p2"])]
    entries = [Entry(one, "some", {}) for one in versions]
    store(entries[0])
    store(entries[2])
    store(entries[1])
    assert [entry.whole() for entry in entries] == [False, True, True]
    store(entries[2])
    assert [entry.whole() for entry in entries] == [False, False, True]
    assert len(list((index.path / "cache").glob("*.*"))) == 3


@pytest.fixture
def asked(build, fake_encoder) -> StoredIndex:
    """An index whose cache holds vectors and BM25."""
    index = build()
    Searcher(index, fake_encoder()).search(["Text number 3."], hybrid=True)
    return index


def test_check_of_sound_bm25_files(asked: StoredIndex) -> None:
    assert len(list((asked.path / "cache").glob("bm25-*"))) > 3
    assert check_cache(asked) == []


def test_check_names_each_damaged_file_of_bm25(asked: StoredIndex) -> None:
    cache = asked.path / "cache"
    [sidecar] = cache.glob("bm25-*.json")
    for path in sorted(cache.glob("bm25-*")):
        if path == sidecar:
            continue
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert check_cache(asked) == [f"{path.name} is damaged or missing"]
        path.unlink()
        assert check_cache(asked) == [f"{path.name} is damaged or missing"]
        path.write_bytes(whole)
    assert check_cache(asked) == []
    text = sidecar.read_bytes()
    for other in (b"", b"[]", b"null", b"{}", b"\xff", text[:-9], b'{"format": 3, "version": true}'):
        sidecar.write_bytes(other)
        assert check_cache(asked) == [f"{sidecar.name} is damaged"], other
    sidecar.unlink()
    assert check_cache(asked) == []  # somebody may be writing them
    for path in cache.iterdir():
        os.utime(path, (0, 0))
    problems = check_cache(asked)
    assert len(problems) > 3
    assert all(line.startswith("bm25-") and line.endswith(" belongs to nothing") for line in problems)


def test_check_of_another_format(asked: StoredIndex) -> None:
    for sidecar in (asked.path / "cache").glob("Flat-*.json"):
        sidecar.write_text(sidecar.read_text().replace('"format": 3', '"format": 1'))
        assert check_cache(asked) == [f"{sidecar.name} is of format 1, not 3"]


def test_check_of_folders_in_the_way(asked: StoredIndex) -> None:
    (asked.path / "cache" / "bm25").mkdir()
    (asked.path / "cache" / "a.json").mkdir()
    assert check_cache(asked) == ["a.json is damaged"]
    os.utime(asked.path / "cache" / "bm25", (0, 0))
    assert check_cache(asked) == ["a.json is damaged", "bm25 belongs to nothing"]


if __name__ == "__main__":  # a process of test_many_processes_store_at_two_versions
    store_often(Path(sys.argv[1]), int(sys.argv[2]), 50)
