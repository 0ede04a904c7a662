"""One kill and what comes after it, compared with a run that nobody broke."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from kills.kill_operations import OPERATIONS
from kills.kill_plan import Plan, tear
from xqg.index import Index
from xqg.index.history import index_history
from xqg.index.manifest import Manifest
from xqg.index.verify import verify
from xqg.index.work import parts_folder

__all__ = ["Broken", "Laboratory", "Outcome", "stage_of"]

WORKER = Path(__file__).with_name("worker.py")
LIMIT = 120  # seconds
KILLED = (-signal.SIGKILL, -signal.SIGALRM) if hasattr(signal, "SIGKILL") else ()


class Broken(AssertionError):
    """What a kill broke."""


@dataclass(frozen=True)
class State:
    """What a version holds: all rows with all columns, by name; what it says of itself."""

    rows: pa.Table
    manifest: Manifest
    message: dict[str, Any]

    @classmethod
    def of(cls, index: Index) -> State:
        table = index.dataset.to_table()
        return cls(table.select(sorted(table.column_names)).combine_chunks(), index.manifest, index.message)

    def difference(self, other: State) -> str:
        """Empty: none."""
        unlike = [name for name in ("manifest", "message") if getattr(self, name) != getattr(other, name)]
        return ", ".join([*unlike, *([] if self.rows.equals(other.rows) else ["rows"])])


@dataclass(frozen=True)
class Reference:
    """An unbroken run.

    Attributes:
        base: the folder it began with; None: with none.
        versions: number → state, of all that are there afterwards and before.
        before, after: the latest version (0: none).
        last: the versions that are there afterwards.
    """

    base: Path | None
    versions: dict[int, State]
    before: int
    after: int
    last: list[int]
    seconds: float
    calls: dict[str, list[float]]


@dataclass(frozen=True)
class Outcome:
    """Where the first kill struck, whether the second did, and what was torn."""

    stage: str
    second: bool
    torn: list[str]


class Laboratory:
    """Keeps unbroken runs; each is made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._references: dict[tuple[str, ...], Reference] = {}

    def reference(self, operation: str) -> Reference:
        """The unbroken run of an operation, after those that it comes after."""
        return self._made((*OPERATIONS[operation].after, operation))

    def _made(self, chain: tuple[str, ...]) -> Reference:
        if chain not in self._references:
            before = self._made(chain[:-1]) if chain[:-1] else None
            base = self._folder / "+".join(chain[:-1]) if before else None
            path = _copy(base, self._folder / "+".join(chain))
            code, out = _run(chain[-1], path, {}, path.with_suffix(".trace"))
            if code:
                raise Broken(f"{chain}: the unbroken run ends with {code}: {out}")
            told = json.loads(out.splitlines()[-1])
            if told["heavy"]:
                raise Broken(f"the worker imports {told['heavy']}")
            versions = _versions(path)
            self._references[chain] = Reference(
                base,
                {**(before.versions if before else {}), **versions},
                before.after if before else 0,
                max(versions),
                sorted(versions),
                told["seconds"],
                told["calls"],
            )
        return self._references[chain]

    def kill(self, plan: Plan, folder: Path) -> Outcome:
        """Kill an operation as planned, run it again to its end, and compare.

        Raises:
            Broken: what is not as it should be.
        """
        reference = self.reference(plan.operation)
        path, trace = _copy(reference.base, folder / "index"), folder / "trace"
        after = None if plan.fraction is None else plan.fraction * reference.seconds
        code, out = _run(plan.operation, path, plan.strike, trace, after)
        _check_killed(code, out, (0, *KILLED))
        stage = stage_of(trace, reference)
        _check_between(path, reference)
        work = parts_folder(path) if reference.base is None else path / "work"
        torn = tear(work, plan.tear, random.Random(plan.number))
        second = False
        if plan.second:
            code, out = _run(plan.operation, path, plan.second, folder / "second")
            _check_killed(code, out, (0, *KILLED))
            second = code != 0
            _check_between(path, reference)
        code, out = _run(plan.operation, path, {}, folder / "last")
        _check_killed(code, out, (0,))
        _check_end(path, reference)
        return Outcome(stage, second, torn)


def stage_of(trace: Path, reference: Reference) -> str:
    """Where a run was killed, by what it reached."""
    reached = trace.read_text().split() if trace.exists() else []
    names = {"commit": "in the commit", "committed": "after the commit, unsealed", "sealed": "sealed", "end": "ended"}
    if not reached:
        return "before the first step"
    if reached[-1] == "step":
        steps = len(reference.calls["Work.record"])
        return "between steps" if reached.count("step") < steps else "after the last step"
    return names[reached[-1]]


def _copy(base: Path | None, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if base is not None:
        shutil.copytree(base, path)
    return path


def _run(
    operation: str, path: Path, strike: dict[str, Any], trace: Path, after: float | None = None
) -> tuple[int, str]:
    """Run the worker; `after` so many seconds from the operation's beginning it is killed.

    Returns:
        Its exit status, and all it printed.
    """
    arguments = [sys.executable, str(WORKER), operation, str(path), json.dumps(strike), str(trace)]
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert process.stdout is not None
    try:
        begun = process.stdout.readline() if after is not None else ""
        if after is not None:
            time.sleep(after)
            process.kill()
        out, _ = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
        process.wait()
    return process.returncode, begun + out


def _check_killed(code: int, out: str, allowed: tuple[int, ...]) -> None:
    if code not in allowed:
        raise Broken(f"exit status {code}: {out}")


def _versions(path: Path) -> dict[int, State]:
    return {one.number: State.of(Index.open(path, one.number)) for one in index_history(path)}


def _same(number: int, found: State, reference: Reference) -> None:
    difference = found.difference(reference.versions[number])
    if difference:
        raise Broken(f"version {number} differs in {difference}")


def _check_between(path: Path, reference: Reference) -> None:
    """After a kill the version before is there, or the one after; all that is wrong is what is unfinished."""
    if not path.exists() and reference.base is None:
        return
    index = Index.open(path)
    if index.version not in (reference.before, reference.after):
        raise Broken(f"killed, it is at version {index.version}")
    _same(index.version, State.of(index), reference)
    for problem in verify(path).problems:
        if problem.where != "work" and "a change was killed after its commit" not in problem.remedy:
            raise Broken(f"killed, it cannot be trusted: {problem}")


def _check_end(path: Path, reference: Reference) -> None:
    """Nothing tells of the kill."""
    versions = _versions(path)
    if sorted(versions) != reference.last:
        raise Broken(f"versions {sorted(versions)} instead of {reference.last}")
    for number, state in versions.items():
        _same(number, state, reference)
    report = verify(path)
    if not report.ok:
        raise Broken("; ".join(map(str, report.problems)))
    left = {one.name for one in path.iterdir()} - {"passages.lance", "checksums.json"}
    if left or parts_folder(path).exists():
        raise Broken(f"left behind: {sorted(left) or parts_folder(path).name}")
