"""Killed at any moment, the same command goes on, and the index is as if nothing had happened.

XQG_FAULTS is the number of kills; they are the same in every run, but for those that a clock decides.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from faults import cases
from faults.kills import (
    FINISHED,
    HIT,
    Reader,
    Unbroken,
    check_readable,
    check_whole,
    phase,
    prepare,
    run,
    some_kill,
)
from faults.worker import NO_STRACE, Kill
from xqg.index import StoredIndex
from xqg.index.store import DATASET
from xqg.index.versions import manifests
from xqg.index.work import parts_folder

KILLS = int(os.environ.get("XQG_FAULTS", "20"))
NAMES = list(cases.OPERATIONS)
PAUSE = 0.0005  # seconds at each event, so that a clock's kills are spread over all of them


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cases.base(tmp_path_factory.mktemp("base") / "index").path


@pytest.fixture(scope="session")
def unbroken(
    context: ForkServerContext, base: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Unbroken]:
    """Each operation, done once without a kill; made when it is first asked for."""

    class Made(dict[str, Unbroken]):
        def __missing__(self, operation: str) -> Unbroken:
            path = prepare(operation, base, tmp_path_factory.mktemp("unbroken") / "folder")
            code, events, times = run(context, operation, path)
            assert code == 0
            made = Unbroken(path, events, times)
            new = operation.startswith("index") or operation == "upgrade"
            for place in {path} if new else {base, path}:
                for number in cases.versions(place):
                    made.rows[number] = cases.rows(StoredIndex.open(place, number))
            self[operation] = made
            return made

    return Made()


def chosen(number: int, operation: str, unbroken: Unbroken) -> tuple[Kill | None, float | None]:
    """The kill of this number: when the process kills itself, or is killed."""
    chance = random.Random(f"{number} {operation}")
    turn = number // len(NAMES) + number % len(NAMES)
    kind = turn % 6
    if kind == 5:
        return None, chance.uniform(0, unbroken.seconds + PAUSE * len(unbroken.events))
    if kind == 4:
        event, seconds = unbroken.during("commit")
        return Kill(event, delay=chance.uniform(0, 1.2 * seconds)), None
    phases = list(unbroken.phases())
    return some_kill(chance, unbroken, phases[chance.randrange(len(phases))]), None


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_operation_goes_on(
    number: int, context: ForkServerContext, base: Path, unbroken: dict[str, Unbroken], tmp_path: Path
) -> None:
    operation = NAMES[number % len(NAMES)]
    whole = unbroken[operation]
    path = prepare(operation, base, tmp_path / "killed")
    kill, seconds = chosen(number, operation, whole)
    print(f"{operation}: {kill}, {seconds}")
    pause = 0.0 if seconds is None else PAUSE
    with Reader(path, whole, may_lose="--keep" in operation) as reader:
        code, events, _ = run(context, operation, path, kill, seconds, pause)
        hit = phase(events)
        assert code == (0 if hit == FINISHED else -9)
        HIT.setdefault(operation, Counter())[hit] += 1
        found = check_readable(path, whole)
        if number % 3 == 0 and found != max(whole.rows):
            again = some_kill(random.Random(number), whole, list(whole.phases())[number % 2])
            assert run(context, operation, path, again)[0] in (0, -9)
            check_readable(path, whole)
        code, _, _ = run(context, operation, path)
        assert code == 0
    if reader.error is not None:
        raise reader.error
    assert reader.reads
    check_whole(path, whole)


@pytest.mark.parametrize("call", ["renameat", "linkat", "unlink"])
@pytest.mark.parametrize("operation", ["index", "add", "remove, a whole file", "restore"])
def test_a_kill_inside_the_commit_of_lance(
    operation: str,
    call: str,
    context: ForkServerContext,
    base: Path,
    unbroken: dict[str, Unbroken],
    tmp_path: Path,
) -> None:
    """Before the commit is described, before its manifest gets its name, and after that."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace, to kill at a call of the system")
    whole = unbroken[operation]
    path = prepare(operation, base, tmp_path / "killed")
    event, _ = whole.during("commit")
    code, events, _ = run(context, operation, path, Kill(event, call=call))
    if code == NO_STRACE:
        pytest.skip("strace may not trace here")
    assert (code, phase(events)) == (-9, "in the commit")
    folder = parts_folder(path) / "index" if operation == "index" else path
    assert len(manifests(folder)) == len(whole.rows) - (call != "unlink")
    if operation != "index":
        check_readable(path, whole)
    assert run(context, operation, path)[0] == 0
    check_whole(path, whole)


def test_a_commit_that_only_made_its_folder(
    context: ForkServerContext, base: Path, unbroken: dict[str, Unbroken], tmp_path: Path
) -> None:
    """Lance makes a folder for manifests before the first one."""
    whole = unbroken["index"]
    path = prepare("index", base, tmp_path / "killed")
    assert run(context, "index", path, Kill(whole.during("commit")[0]))[0] == -9
    (parts_folder(path) / "index" / DATASET / "_versions").mkdir()
    assert run(context, "index", path)[0] == 0
    check_whole(path, whole)
