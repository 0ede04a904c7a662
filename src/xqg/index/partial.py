"""A folder that appears whole or not at all: filled under another name, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xqg.errors import XqgError

__all__ = ["check_absent", "partial_folder"]


def check_absent(out: Path) -> None:
    """Raise XqgError unless `out` can be made: absent or an empty folder, in a folder that is there."""
    if out.is_dir():
        if any(out.iterdir()):
            raise XqgError(f"{out}: already there and not empty; choose another `out` or delete it")
    elif out.exists() or out.is_symlink():
        raise XqgError(f"{out}: is a file; choose another `out` or delete it")
    if not out.absolute().parent.is_dir():
        raise XqgError(f"{out}: the folder {out.absolute().parent} does not exist; create it first")


@contextmanager
def partial_folder(out: Path) -> Iterator[Path]:
    """Yield `.NAME.partial` beside `out`; rename it to `out` at the end, remove it on any error.

    What a killed process left there is cleared; while another process fills it, it is refused.

    Raises:
        XqgError: `out` is not empty, its parent is missing or read-only, another build is at work.
    """
    check_absent(out)
    folder = out.absolute().parent / f".{out.absolute().name}.partial"
    lock = _claim(folder, out)
    try:
        yield folder
        check_absent(out)
        try:
            os.replace(folder, out)
        except OSError as error:
            raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    except BaseException as error:  # Ctrl-C too: nothing half-written stays
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(out)  # a full disk does not say which
        raise
    finally:
        if lock is not None:
            os.close(lock)


def _claim(folder: Path, out: Path) -> int | None:
    """Make the folder, or take over an abandoned one; the open descriptor holds its lock."""
    busy = XqgError(f"{out}: another process is building it; wait for it, or choose another `out`")
    try:
        folder.mkdir(exist_ok=True)
        try:
            import fcntl
        except ImportError:  # no such locks on Windows: the last of two builds wins there
            _empty(folder)
            return None
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Between opening and locking, the other build may have renamed or removed this very folder.
        if os.fstat(descriptor).st_ino != os.stat(folder).st_ino:
            raise busy
        _empty(folder)
    except OSError:
        os.close(descriptor)
        raise busy from None
    except XqgError:
        os.close(descriptor)
        raise
    return descriptor


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
