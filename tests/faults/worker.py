"""One operation in a process of its own, which can be made to kill itself at any of its events.

An event is the beginning (`name >`) or the end (`name <`) of a call that touches the disk, or that takes
long. Each is written to a file before it happens, so that it is known how far a killed process came.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xqg.queries  # noqa: F401 - xqg imports it when it is first needed
from faults import cases

# Where a process may die: functions of xqg wherever they were imported to, methods, and calls of the system.
FUNCTIONS = (
    "commit", "seal", "settle", "write_rows", "add_columns", "delete_rows", "drop_orphans",
    "keep_array", "query_texts",
)  # fmt: skip
METHODS = (
    ("xqg.index.work", "Work", ("clear",)),
    ("xqg.index.journal", "Written", ("save",)),
    ("xqg.queries.store", "LanguageFile", ("append",)),
    ("faults.cases", "Encoder", ("encode_passages", "encode_queries")),
    ("faults.cases", "Generator", ("generate_block",)),
)
CALLS = ((os, ("replace", "fsync", "truncate", "mkdir", "unlink", "rmdir")), (shutil, ("rmtree",)))
START, END = "start", "end"
NO_STRACE = 77  # exit code where it is not permitted


@dataclass(frozen=True)
class Kill:
    """When a process kills itself.

    Attributes:
        event: number of the event; None: never, its parent does.
        delay: None: at once; else so many seconds after the event, from another thread, while the call goes on.
        torn: of what was written last, take back up to so many bytes first, as if it never came to the disk.
        call: after the event, at the first call of the system by this name, in whatever thread; with strace.
    """

    event: int | None = None
    delay: float | None = None
    torn: int = 0
    call: str | None = None


def work(operation: str, path: Path, trace: Path, kill: Kill, pause: float = 0.0) -> None:
    """Run one operation; `pause` seconds go by at each event and in each call of encoder and generator."""
    cases.small_steps()
    events = _Events(trace, kill, pause)
    _tap_all(events)
    cases.Encoder.pause = cases.Generator.pause = pause
    events.happen(START)
    cases.OPERATIONS[operation](path)
    events.happen(END)


class _Events:
    def __init__(self, trace: Path, kill: Kill, pause: float) -> None:
        self._descriptor = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._kill = kill
        self._pause = pause
        self._number = 0

    def happen(self, name: str, descriptor: Any = None) -> None:
        os.write(self._descriptor, f"{time.monotonic()} {name}\n".encode())
        time.sleep(self._pause)
        if self._number == self._kill.event:
            if self._kill.call is not None:
                _die_at(self._kill.call)
            elif self._kill.delay is not None:
                timer = threading.Timer(self._kill.delay, _die)
                timer.daemon = True  # where the operation ends before, there is nothing to kill
                timer.start()
            else:
                if isinstance(descriptor, int):
                    _tear(descriptor, self._kill.torn)
                _die()
        self._number += 1


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(call: str) -> None:
    """Have strace kill this process when it, or a thread of Lance, makes a call of the system."""
    mine = str(os.getpid())
    inject = f"inject={call}:signal=KILL"
    subprocess.Popen(
        ["strace", "-f", "-p", mine, "-e", f"trace={call}", "-e", inject],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(2000):
        if "TracerPid:\t0\n" not in Path(f"/proc/{mine}/status").read_text():
            return
        time.sleep(0.001)
    os._exit(NO_STRACE)


def _tear(descriptor: int, most: int) -> None:
    """Cut off the end of a file that is being written; others stay as they are."""
    size = os.fstat(descriptor).st_size
    with suppress(OSError):  # opened for reading
        os.ftruncate(descriptor, max(0, size - min(most, size)))


def _tapped(events: _Events, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **keywords: Any) -> Any:
        events.happen(f"{name} >", args[0] if name == "fsync" else None)
        result = function(*args, **keywords)
        events.happen(f"{name} <")
        return result

    return call


def _tap_all(events: _Events) -> None:
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("xqg.")]
    for name in FUNCTIONS:
        found = {id(getattr(module, name)): getattr(module, name) for module in modules if hasattr(module, name)}
        for function in found.values():
            tapped = _tapped(events, name, function)
            for module in modules:
                if getattr(module, name, None) is function:
                    setattr(module, name, tapped)
    for module_name, class_name, methods in METHODS:
        owner = getattr(sys.modules[module_name], class_name)
        for name in methods:
            setattr(owner, name, _tapped(events, name, getattr(owner, name)))
    for module, names in CALLS:
        for name in names:
            setattr(module, name, _tapped(events, name, getattr(module, name)))
