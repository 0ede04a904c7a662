"""What a kill hit, and what it must leave: shared by the tests that kill."""

from __future__ import annotations

import random
import shutil
import tarfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pyarrow as pa

from faults import cases
from faults.worker import END, Kill, work
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.checksums import CHECKSUMS, dataset_files, read_checksums
from xqg.index.store import CACHE, DATASET
from xqg.index.verify import verify
from xqg.index.work import parts_folder

OLD = Path(__file__).parents[1] / "index" / "format2.tar.gz"  # an index of an earlier format
HIT: dict[str, Counter[str]] = {}  # operation -> phase -> kills
PATIENCE = 60  # seconds that an operation may take
FINISHED = "finished before"


@dataclass
class Unbroken:
    """An operation that nothing interrupted: where it was done, and its events with their times in seconds."""

    path: Path
    events: list[str]
    times: list[float]
    rows: dict[int, pa.Table] = field(default_factory=dict)  # by version

    @property
    def seconds(self) -> float:
        return self.times[-1] - self.times[0]

    def phases(self) -> dict[str, list[int]]:
        """Phase → numbers of the events in it, in the order of the operation."""
        found: dict[str, list[int]] = {}
        for number in range(len(self.events) - 1):
            found.setdefault(phase(self.events[: number + 1]), []).append(number)
        return found

    def during(self, name: str) -> tuple[int, float]:
        """The event at which the last call of a function begins, and the seconds it took."""
        number = max(n for n, event in enumerate(self.events) if event == f"{name} >")
        return number, self.times[number + 1] - self.times[number]


def phase(events: list[str]) -> str:
    """How far an operation with these events came."""
    if not events:
        return "before the first step"
    if events[-1] == END:
        return FINISHED
    if "commit <" in events:
        sealed = "seal <" in events
        if not sealed:
            return "committed, not sealed"
        after = events[events.index("seal <") :]
        if "drop_orphans >" in after:
            return "deleting old files"
        return "sealed, clearing up"
    if events[-1] == "commit >":
        return "in the commit"
    steps = events.count("save <")
    return "before the first step" if not steps else "between or in later steps"


def read_events(trace: Path) -> tuple[list[str], list[float]]:
    """Events and their times, from what a worker wrote."""
    lines = [line.split(" ", 1) for line in trace.read_text().splitlines()] if trace.exists() else []
    return [name for _, name in lines], [float(time) for time, _ in lines]


def prepare(operation: str, base: Path, folder: Path) -> Path:
    """A new folder's index that the operation is to be done on; absent where it is to be built."""
    folder.mkdir()
    path = folder / "index"
    if operation == "upgrade":
        with tarfile.open(OLD) as archive:
            archive.extractall(folder, filter="data")
    elif not operation.startswith("index"):
        shutil.copytree(base, path)
    return path


def run(
    context: ForkServerContext,
    operation: str,
    path: Path,
    kill: Kill | None = None,
    seconds: float | None = None,
    pause: float = 0.0,
) -> tuple[int, list[str], list[float]]:
    """Run an operation; its exit code (-9: killed) and its events.

    Args:
        kill: when it kills itself.
        seconds: after so many from its start, it is killed from here.
    """
    trace = path.parent / "trace"
    trace.unlink(missing_ok=True)
    process = context.Process(target=work, args=(operation, path, trace, kill or Kill(), pause))
    process.start()
    if seconds is not None:
        while process.is_alive() and not (trace.exists() and trace.stat().st_size):
            process.join(0.0005)
        process.join(seconds)
        process.kill()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"{operation}: still running after {PATIENCE} s")
    assert process.exitcode is not None
    return process.exitcode, *read_events(trace)


def check_whole(path: Path, unbroken: Unbroken) -> None:
    """The index is what the unbroken operation made, and nothing of the interruption is left."""
    assert cases.versions(path) == cases.versions(unbroken.path)
    for number in cases.versions(path):
        assert cases.same(StoredIndex.open(path, number), StoredIndex.open(unbroken.path, number)), f"version {number}"
    assert {one.name for one in path.iterdir()} - {CACHE} == {CHECKSUMS, DATASET}
    assert not parts_folder(path).exists()
    listed = read_checksums(path).files
    assert listed is not None
    assert {name: size for name, (size, _) in listed.items()} == dataset_files(path)
    assert [str(problem) for problem in verify(path).problems] == []


def check_readable(path: Path, unbroken: Unbroken) -> int:
    """What a reader finds is one of the versions, whole; its number, 0 where there is no index yet."""
    if not path.exists():
        assert list(unbroken.rows) == [1], "an index that was there is gone"
        return 0
    try:
        index = StoredIndex.open(path)
    except XqgError as error:
        if f"`xqg upgrade {path}`" in str(error):
            return 0  # not converted yet
        raise
    assert cases.rows(index).equals(unbroken.rows[index.version])
    return index.version


class Reader:
    """Reads an index again and again while it is changed."""

    def __init__(self, path: Path, unbroken: Unbroken, may_lose: bool) -> None:
        """`may_lose`: a version that is being read may be dropped, for then it is no longer the latest."""
        self._arguments = path, unbroken
        self._may_lose = may_lose
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.reads = 0
        self.error: BaseException | None = None

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        path, _ = self._arguments
        while not self._stop.wait(0.005) and self.error is None:
            before = len(list((path / DATASET / "_versions").glob("*.manifest")))
            try:
                check_readable(*self._arguments)
                self.reads += 1
            except BaseException as error:
                now = len(list((path / DATASET / "_versions").glob("*.manifest")))
                if not (self._may_lose and now != before):
                    self.error = error


def some_kill(chance: random.Random, unbroken: Unbroken, wanted: str) -> Kill:
    """At a random event of a phase; `torn` where that is a write."""
    phases = unbroken.phases()
    number = chance.choice(phases.get(wanted) or list(range(len(unbroken.events) - 1)))
    torn = chance.choice([0, 1, 7, 40]) if unbroken.events[number] == "fsync >" else 0
    return Kill(number, torn=torn)
