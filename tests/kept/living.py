"""Other processes that write, or hold a lock, until they are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xqg

__all__ = ["in_", "names", "process"]


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def process(*lines: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs these lines, says so and sleeps; killed at the end with SIGKILL, if not before."""
    code = "\n".join(("import os, time", "from pathlib import Path", "from xqg import kept", *lines))
    command = [sys.executable, "-c", code.replace("READY", "print('ready', flush=True); time.sleep(60)")]
    environment = {**os.environ, "PYTHONPATH": str(Path(xqg.__file__).parents[1])}
    one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
        yield one
    finally:
        one.kill()
        one.wait()
        one.stdout.close()


def in_(folder: Path, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines, run in a folder."""
    return (f"os.chdir({str(folder)!r})", *lines)
