"""Files and folders that appear whole or not at all: made under another name, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xqg.errors import XqgError
from xqg.kept.leftovers import being_written, remove, sweep, temporary_name
from xqg.kept.locks import claim

__all__ = ["atomic_path", "check_absent", "files_of", "partial_folder", "remove_folder"]

PATIENCE = 0.5  # seconds in which a sweep lets go of a lock that it tries


@contextmanager
def atomic_path(path: Path | str, sync: bool = False, replace: bool = False) -> Iterator[Path]:
    """Yield a temporary path in the same folder; it replaces `path` if the block succeeds.

    A folder may be made there too. What killed processes of this computer left in the folder is removed first.

    Args:
        sync: have all of it on the disk before it gets its name, and the name before this returns: what a power
            cut must not take.
        replace: let a folder take the place of one that is not empty. For a moment nothing is at `path`; after a
            kill in that moment, the next write into the folder puts back what was there.

    Raises:
        OSError: it cannot be written; a folder that is not empty is there, without `replace`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
    temporary = temporary_name(path)
    being_written.add(temporary.name)
    try:
        yield temporary
        if sync:
            for file in [*files_of(temporary), *folders_of(temporary)]:
                _sync(file)
        if replace and path.is_dir() and not path.is_symlink():
            _replace_folder(path, temporary)
        else:
            os.replace(temporary, path)
        if sync:
            _sync(path.parent)  # a file's name is not in the file
    finally:
        remove(temporary)
        being_written.discard(temporary.name)


def _replace_folder(path: Path, temporary: Path) -> None:
    before = temporary_name(path, "old")
    being_written.add(before.name)
    try:
        os.replace(path, before)
        try:
            os.replace(temporary, path)
        except BaseException:
            os.replace(before, path)
            raise
        remove(before)
    finally:
        being_written.discard(before.name)


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

    What killed processes left there is cleared; while another process fills it, it is refused. Its lock is a file
    beside it, `.NAME.partial.lock`: the folder is listed, moved and removed as if there were none.

    Raises:
        XqgError: `out` is not empty, its parent is missing or read-only, another build is at work.
    """
    check_absent(out)
    target = out.absolute()
    folder = target.with_name(f".{target.name}.partial")
    busy = XqgError(f"{out}: another process is building it; wait for it, or choose another `out`")
    try:
        sweep(target.parent)
        lock = claim(target.parent, f"{folder.name}.lock", PATIENCE)
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    if isinstance(lock, str):
        raise XqgError(f"{busy}{lock}")
    try:
        remove(folder)
        try:
            folder.mkdir()
        except OSError as error:
            raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
        yield folder
        check_absent(out)
        try:
            os.replace(folder, out)
        except OSError as error:
            raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    except BaseException as error:  # Ctrl-C too: nothing half-written stays
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(out)  # a full disk does not say which
        raise
    finally:
        remove(folder)
        lock()


def remove_folder(path: Path) -> None:
    """Remove a folder in one step as far as other processes see, its lock included, which may be held.

    It is renamed first: what a kill leaves of it is a temporary folder, which the next write beside it removes.

    Raises:
        OSError: it cannot be renamed.
    """
    temporary = temporary_name(path)
    os.replace(path, temporary)
    remove(temporary)


def files_of(path: Path) -> list[Path]:
    """All files below a folder, in order; of a file, itself."""
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def folders_of(path: Path) -> list[Path]:
    """A folder and all folders below it, in order; none where it is a file."""
    return sorted(one for one in [path, *path.rglob("*")] if one.is_dir())


def _sync(path: Path) -> None:
    """Have a file or a folder's list of names on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        if not path.is_dir():  # not every file system can sync folders
            raise
    finally:
        os.close(descriptor)
