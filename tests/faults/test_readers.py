"""Readers while a writer changes the index: every answer is of one version, whole, and none fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from faults import cases, editions
from faults.editions import Answers
from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.remove import remove_passages
from xqg.index.verify import verify
from xqg.search import Searcher

READERS = 8
TIMES = 200  # searches of each
VERSIONS = 6  # that readers must have met, all together
PATIENCE = 60  # seconds


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("xqg.index.build.SEGMENT", cases.SEGMENT)  # several files, for `compact` to make one of
    return editions.build(tmp_path / "index").path


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns all the time: one may go on with a version in the middle of another's search."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def write_while(path: Path, busy: Callable[[], bool]) -> int:
    """Make version after version; the last one's number."""
    version = 1
    while busy():
        version += 1
        editions.change(path, version)
    return version


def check(answers: list[Answers], path: Path, last: int) -> None:
    assert [one.wrong for one in answers if one.wrong is not None] == []
    assert [one.number for one in answers] == [TIMES * editions.QUESTIONS] * READERS
    assert all(one.versions == sorted(one.versions) for one in answers)  # never back to an earlier one
    seen = {version for one in answers for version in one.versions}
    print(f"{sum(one.number for one in answers)} answers from {len(seen)} of {last} versions")
    assert len(seen) >= VERSIONS
    assert StoredIndex.open(path).version == last
    assert verify(path).problems == []


def test_processes(context: ForkServerContext, path: Path) -> None:
    pipes = [context.Pipe(duplex=False) for _ in range(READERS)]
    processes = [
        context.Process(target=editions.read, args=(path, TIMES, seed, sender))
        for seed, (_, sender) in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    last = write_while(path, lambda: any(process.is_alive() for process in processes))
    assert all(receiver.poll() for receiver, _ in pipes)
    check([receiver.recv() for receiver, _ in pipes], path, last)


def test_threads_that_share_a_searcher(path: Path, switching: None) -> None:
    searcher = Searcher(StoredIndex.open(path), cases.Encoder())
    with ThreadPoolExecutor(READERS) as threads:
        asked = [threads.submit(editions.ask, searcher, TIMES, seed, follow=seed == 0) for seed in range(READERS)]
        last = write_while(path, lambda: not all(one.done() for one in asked))
        answers = [one.result(PATIENCE) for one in asked]
    check(answers, path, last)


def test_restored_and_dropped_versions(path: Path, switching: None) -> None:
    """Versions come back by `restore` and go away by `compact --keep 1`: each answer is of one that was there."""
    every = frozenset(one.id for one in editions.edition(0))
    gone = frozenset(sorted(every)[: editions.REMOVED])
    content = {1: every}
    done = threading.Event()

    def read(seed: int) -> list[tuple[int, frozenset[str]]]:
        searcher, answers = Searcher(StoredIndex.open(path), cases.Encoder()), []
        while not done.is_set():
            if seed % 2:
                searcher.follow()
            else:
                searcher = Searcher(StoredIndex.open(path), cases.Encoder())
            [hits] = searcher.search([f"question {seed}"], len(every))
            answers.append((hits[0]._found.index.version, frozenset(hit.passage_id for hit in hits)))
        return answers

    with ThreadPoolExecutor(READERS) as threads:
        readers = [threads.submit(read, seed) for seed in range(READERS)]
        try:
            for _ in range(12):
                whole = StoredIndex.open(path).version
                content[remove_passages(path, sorted(gone)).version] = every - gone
                content[restore_index(path, whole).version] = every
                content[remove_passages(path, sorted(gone)).version] = every - gone
                content[compact_index(path, keep=1).version] = every - gone
                new = [one for one in editions.edition(0) if one.id in gone]
                content[add_passages(path, new, cases.Encoder()).version] = every
        finally:
            done.set()
        answers = [answer for reader in readers for answer in reader.result(PATIENCE)]
    assert {version for version, ids in answers if ids != content[version]} == set()
    print(f"{len(answers)} answers from {len({version for version, _ in answers})} of {len(content)} versions")
    assert len({version for version, _ in answers}) >= VERSIONS
    assert verify(path).problems == []
