"""Names of temporary files that say whose they are, and the removal of those that killed processes left."""

from __future__ import annotations

import hashlib
import itertools
import os
import platform
import re
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from xqg.kept.locks import OWNER, claim

__all__ = ["being_written", "remove", "sweep", "temporary_name"]

LONGEST = 180  # bytes of a name that a temporary one repeats: 255 are allowed, and the owner needs some
ABANDONED = 3600  # seconds without a change after which a temporary file of earlier versions may go

# Temporary names, see `_temporary`; in earlier versions, `.NAME.PROCESS[-THREAD].part`.
_PART = re.compile(
    r"\.(?P<name>.+)\.xqg-(?P<host>[0-9a-f]{8})-(?P<process>\d+)-(?P<start>[0-9a-f]{8})-\d+\.(?P<kind>part|old)"
)
_EARLIER_PART = re.compile(r"\..+\.(?P<process>\d+)(-\d+)?\.part")
_PARTIAL_LOCK = re.compile(r"(?P<folder>\..+\.partial)\.lock(\.owner)?")

being_written: set[str] = set()  # names of temporary files that this process is writing
_numbers = itertools.count()


def temporary_name(path: Path, kind: str = "part") -> Path:
    """A name of its own beside `path`: `.NAME.xqg-HOST-PROCESS-START-NUMBER.KIND`.

    HOST is a hash of the computer's name and of what keeps containers' processes apart; START one of the process's
    start, as another may have its number later; NUMBER counts within the process.
    """
    process = os.getpid()
    name = path.name.encode()[:LONGEST].decode(errors="ignore")
    owner = f"{_host()}-{process}-{_start(process) or _short('')}"
    return path.with_name(f".{name}.xqg-{owner}-{next(_numbers)}.{kind}")


@cache
def _host() -> str:
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino  # process numbers of two containers mean nothing to each other
    except OSError:
        namespace = 0
    return _short(f"{platform.node()} {namespace}")


def _start(process: int) -> str | None:
    """A hash of when a process started, or of nothing where the system does not say; None: there is no such process."""
    if os.name == "nt":
        return _short("")  # `os.kill` would end it: a process counts as alive there
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return None
    except OSError:  # another user's
        pass
    try:
        # After the name in brackets: state, …, and as the 22nd field the ticks from the boot to the start.
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return _short("")
    return None if fields[0] in "ZX" else _short(f"{boot}{fields[19]}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def sweep(folder: Path) -> None:
    """Remove what processes of this computer left here that are gone; what cannot be removed stays."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name not in being_written and _abandoned(folder / name):
            _clear(folder / name)
        elif match := _PARTIAL_LOCK.fullmatch(name):
            with suppress(OSError):
                lock = claim(folder, name.removesuffix(OWNER))
                if callable(lock):
                    remove(folder / match["folder"])
                    lock()


def _abandoned(path: Path) -> bool:
    """Whether the process that was writing a temporary file or folder is gone."""
    if match := _PART.fullmatch(path.name):
        if match["host"] != _host():
            return False
        if int(match["process"]) == os.getpid():
            return True  # and none that is being written, which the caller has looked up
        start = _start(int(match["process"]))
        # A start that the system did not say is a hash of nothing: it differs from no other.
        return start is None or (start != match["start"] and _short("") not in (start, match["start"]))
    if match := _EARLIER_PART.fullmatch(path.name):
        # These do not say which computer's they are; an hour without a change does.
        return _start(int(match["process"])) is None and time.time() - _last_change(path) > ABANDONED
    return False


def _clear(path: Path) -> None:
    """Remove a temporary file or folder; a folder whose place nothing has taken is put back there."""
    match = _PART.fullmatch(path.name)
    if match and match["kind"] == "old" and not os.path.lexists(path.with_name(match["name"])):
        with suppress(OSError):
            os.replace(path, path.with_name(match["name"]))
    else:
        remove(path)


def _last_change(path: Path) -> float:
    """When something in a file or folder changed last, in seconds since 1970; now where it cannot be told."""
    try:
        return max(one.lstat().st_mtime for one in [path, *path.rglob("*")])
    except OSError:
        return time.time()


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder as far as it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
