"""Runs one operation on an index, and kills itself on the way where it is told to.

    python worker.py OPERATION FOLDER PLAN TRACE

PLAN is JSON: {} goes to the end, {"point": "os.replace", "call": 2, "when": "before"} is killed just
before that point's second call; "after" it; or "during" it, "delay" seconds after its beginning. TRACE
is a file that gets a line for each stage that is reached. "begin" is printed where the operation
begins, and what it did, as JSON, at its end.
"""

from __future__ import annotations

import functools
import json
import os
import pathlib
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("LANCE_LOG", "error")  # read when lance is imported

import lance
import lance.fragment
from kill_operations import OPERATIONS, small_steps

from xqg.errors import XqgError
from xqg.index.checksums import seal, settle
from xqg.index.work import Work

STAGES = {  # of a trace: what a call's (beginning, end) mean
    "Work.record": (None, "step"),
    "LanceDataset.commit": ("commit", "committed"),
    "seal": (None, "sealed"),
}


class Killer:
    """Counts the calls of every point and carries out the plan.

    Attributes:
        calls: point → how long each call took, in seconds.
    """

    def __init__(self, plan: dict[str, Any], trace: Path) -> None:
        self.calls: dict[str, list[float]] = {}
        self._plan = plan
        self._trace = os.open(trace, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, stage: str | None) -> None:
        """What is written outlives the process, though not a power cut."""
        if stage is not None:
            os.write(self._trace, stage.encode() + b"\n")

    def watched(self, point: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def call(*args: Any, **options: Any) -> Any:
            times = self.calls.setdefault(point, [])
            number = len(times)
            times.append(0.0)
            mine = self._plan.get("point") == point and self._plan["call"] == number
            begins, ends = STAGES.get(point, (None, None))
            self._strike(mine, "before")
            self.note(begins)
            self._strike(mine, "during")
            start = time.perf_counter()
            try:
                return real(*args, **options)
            finally:
                times[number] = time.perf_counter() - start
                self.note(ends)
                self._strike(mine, "after")

        return call

    def _strike(self, mine: bool, when: str) -> None:
        if not mine or self._plan["when"] != when:
            return
        if when == "during":
            # Nobody handles SIGALRM: the kernel ends the process there and then, whatever it does.
            signal.setitimer(signal.ITIMER_REAL, max(self._plan["delay"], 1e-6))
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(killer: Killer) -> None:
    """Put the killer around everything that changes something on the disk."""
    lance.LanceDataset.commit = staticmethod(  # type: ignore[method-assign]
        killer.watched("LanceDataset.commit", lance.LanceDataset.commit)
    )
    for owner, name in [
        (lance.LanceDataset, "cleanup_old_versions"),
        (lance.fragment.LanceFragment, "merge_columns"),
        (lance.fragment.LanceFragment, "delete"),
        (lance.fragment, "write_fragments"),
        (Work, "record"),
        (Work, "clear"),
        (pathlib.Path, "unlink"),
        (shutil, "rmtree"),
        *((os, name) for name in ("replace", "rename", "fsync", "truncate", "unlink", "rmdir", "mkdir")),
    ]:
        setattr(owner, name, killer.watched(f"{owner.__name__}.{name}", getattr(owner, name)))
    for real in (seal, settle):  # imported by name
        new = killer.watched(real.__name__, real)
        for name, module in list(sys.modules.items()):
            if name.startswith("xqg.index.") and getattr(module, real.__name__, None) is real:
                setattr(module, real.__name__, new)


def main(operation: str, folder: str, plan: str, trace: str) -> int:
    small_steps()
    killer = Killer(json.loads(plan), Path(trace))
    watch(killer)
    print("begin", flush=True)
    start = time.perf_counter()
    try:
        OPERATIONS[operation].run(Path(folder))
    except XqgError as error:
        print(error, file=sys.stderr)
        return 2
    seconds = time.perf_counter() - start
    killer.note("end")
    heavy = sorted({"torch", "transformers", "lingua", "pytest"} & set(sys.modules))
    print(json.dumps({"seconds": seconds, "calls": killer.calls, "heavy": heavy}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
