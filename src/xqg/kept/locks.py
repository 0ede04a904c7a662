"""One writer at a time in a folder, by the locks of its file system or, where that has none, by a file."""

from __future__ import annotations

import errno
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError

if TYPE_CHECKING:
    from filelock import SoftFileLock

__all__ = ["LOCK", "OWNER", "claim", "is_locked", "locked"]

LOCK = ".lock"  # in the folder that it locks
OWNER = ".owner"  # added to the name of a lock's file on file systems without locks
NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, getattr(errno, "ENOTSUP", errno.EOPNOTSUPP)}


@contextmanager
def locked(folder: Path, busy: str) -> Iterator[None]:
    """Hold the exclusive lock of a folder that is there: its writer's; readers need none.

    The lock is on the file `.lock` in the folder, which is there only as long. In the folder: the lock goes where
    the folder goes, under whatever path it is reached. A file: NFS carries no lock of a folder to its server. What a
    killed process leaves of it holds nobody up. Where a file system has no locks, `.lock.owner` says which process
    holds it; if that was killed, another one of the same computer takes it over.

    Args:
        busy: the message where another process, or another thread of this one, holds it.

    Raises:
        XqgError: another process holds the lock.
        OSError: the folder is read-only or cannot be opened. Where what is done meanwhile raises one that names
            no file, as a write to a full disk does, it names the folder.
    """
    folder = Path(folder)
    try:
        before = os.stat(folder)
        lock = claim(folder, LOCK)
    except OSError as error:
        error.filename = str(folder)
        raise
    if isinstance(lock, str):
        raise XqgError(f"{busy}{lock}")
    try:
        # Meanwhile, the other process may have removed this very folder.
        if not _is_at(folder, before):
            raise XqgError(busy)
        yield
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise
    finally:
        lock()


def is_locked(folder: Path) -> bool:
    """Whether a process holds the lock of a folder now; the folder may be read-only.

    Raises:
        OSError: the folder cannot be read.
    """
    if not {LOCK, LOCK + OWNER} & set(os.listdir(folder)):
        return False
    try:
        lock = claim(folder, LOCK)
    except OSError:  # nobody writes into a folder that is read-only
        return False
    if isinstance(lock, str):
        return True
    lock()
    return False


def claim(folder: Path, name: str, patience: float = 0.0) -> Callable[[], None] | str:
    """Lock the file `name` of a folder, made if absent.

    Args:
        patience: seconds to try again where another process holds it.

    Returns:
        A function that removes the file and lets go; where another process holds it, what is to be said of that
        process (mostly nothing).
    """
    deadline = time.monotonic() + patience
    while True:
        lock = _claim_once(folder, name)
        if callable(lock) or time.monotonic() >= deadline:
            return lock
        time.sleep(min(patience / 10, 0.02))


def _claim_once(folder: Path, name: str) -> Callable[[], None] | str:
    from filelock import lock_descriptor

    with ExitStack() as held:  # undone in the reverse order: at once, or by whoever gets `pop_all`
        place = _OpenFolder(folder, held)
        descriptor = place.open(name, held)
        try:
            free = lock_descriptor(descriptor, blocking=False)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise
            place.remove(name, os.fstat(descriptor))
            return _claim_softly(place, name, held)
        # Between opening and locking, another process may have let go of it and removed it.
        if not free or not place.has(name, os.fstat(descriptor)):
            return ""
        held.callback(place.remove, name, os.fstat(descriptor))
        return held.pop_all().close


def _claim_softly(place: _OpenFolder, name: str, held: ExitStack) -> Callable[[], None] | str:
    """As `claim`, where the file system has no locks: a file that names its owner is the lock."""
    from filelock import SoftFileLock, Timeout

    path = place.folder / (name + OWNER)
    lock = SoftFileLock(path, timeout=0, thread_local=False)
    for _ in range(2):  # the first try may have done no more than remove a dead owner's
        try:
            lock.acquire()
        except Timeout:
            continue
        held.callback(_let_go_softly, lock, place, os.stat(path))
        return held.pop_all().close
    return _owner(path)


def _let_go_softly(lock: SoftFileLock, place: _OpenFolder, status: os.stat_result) -> None:
    """Remove the file that names this process: filelock does unless the folder was moved meanwhile."""
    moved = not place.is_there()
    lock.release()
    if moved:
        place.remove(Path(lock.lock_file).name, status)


def _owner(path: Path) -> str:
    """What is to be said of the process that holds a lock, where nobody can tell whether it is alive."""
    try:
        process, host = path.read_text(encoding="utf-8").split()[:2]
    except (OSError, ValueError):
        return f" (if none is there any more, delete {path})"
    return "" if host == platform.node() else f" (process {process} on {host}; if it is gone, delete {path})"


class _OpenFolder:
    """A folder whose files are reached even after it was renamed; on Windows, which renames none in use, by path."""

    RELATIVE = {os.open, os.stat, os.unlink} <= os.supports_dir_fd

    def __init__(self, folder: Path, held: ExitStack) -> None:
        """Open it; `held` closes it."""
        self.folder = folder
        self._descriptor = os.open(folder, os.O_RDONLY) if self.RELATIVE else None
        if self._descriptor is not None:
            held.callback(os.close, self._descriptor)

    def _path(self, name: str) -> str:
        return name if self.RELATIVE else str(self.folder / name)

    def open(self, name: str, held: ExitStack) -> int:
        """A descriptor of a file, made if absent; `held` closes it."""
        descriptor = os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o666, dir_fd=self._descriptor)
        if os.name == "nt":  # removes no file that is open, by whomever
            held.callback(self.remove, name, os.fstat(descriptor))
        held.callback(os.close, descriptor)
        return descriptor

    def has(self, name: str, status: os.stat_result) -> bool:
        """Whether the file of that name is the one of a status."""
        return _is_at(self._path(name), status, self._descriptor)

    def is_there(self) -> bool:
        """Whether its path still leads to it."""
        return self._descriptor is None or _is_at(self.folder, os.fstat(self._descriptor))

    def remove(self, name: str, status: os.stat_result) -> None:
        """Remove the file of a status, if it is there."""
        if self.has(name, status):
            with suppress(OSError):
                os.unlink(self._path(name), dir_fd=self._descriptor)


def _is_at(path: Path | str, status: os.stat_result, parent: int | None = None) -> bool:
    """Whether a path leads to the file or folder of a status."""
    try:
        return os.path.samestat(os.stat(path, dir_fd=parent), status)
    except OSError:
        return False
