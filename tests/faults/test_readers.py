"""Readers while a writer changes the index: every answer is of one version, whole, and none fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from faults import cases, editions
from faults.editions import Answers
from xqg.index import StoredIndex
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
