"""Files that outlive a process: whole or absent, checked by a digest, written by one process at a time.

- `atomic_path`: a file or folder takes its name when all of it is written.
- `partial_folder`: the same for a folder that takes long to fill, with a lock and messages for users.
- `locked`: one writer at a time in a folder. `remove_folder` removes it under its lock.
- `add_digest`, `is_whole`: a file or folder that carries the SHA-256 of its content, so that one changed
  bit is noticed. `keep_array` and `kept_array` do so for arrays, `cached` for whatever can be made again.

A process that is killed leaves its temporary files. Their names say whose they are, and the next write into the
same folder removes those whose process is gone.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import platform
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xqg.errors import XqgError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from filelock import SoftFileLock

__all__ = [
    "LOCK",
    "add_digest",
    "atomic_path",
    "cached",
    "check_absent",
    "is_locked",
    "is_whole",
    "keep_array",
    "kept_array",
    "locked",
    "partial_folder",
    "remove_folder",
    "sha256_of",
]

T = TypeVar("T")

LOCK = ".lock"  # in the folder that it locks
OWNER = ".owner"  # added to the name of a lock's file on file systems without locks
DIGEST = 32  # bytes of SHA-256, at the end of a file
FOLDER_DIGEST = ".sha256"  # the file of a folder that has it instead
NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, getattr(errno, "ENOTSUP", errno.EOPNOTSUPP)}
PATIENCE = 0.5  # seconds in which a sweep lets go of a lock that it tries
LONGEST = 180  # bytes of a name that a temporary one repeats: 255 are allowed, and the owner needs some
ABANDONED = 3600  # seconds without a change after which a temporary file of earlier versions may go
SETTLED = 2.0  # seconds: a file that changed less long ago may change again within one tick of its clock

# Temporary names, see `_temporary`; in earlier versions, `.NAME.PROCESS[-THREAD].part`.
_PART = re.compile(r"\..+\.xqg-(?P<host>[0-9a-f]{8})-(?P<process>\d+)-(?P<start>[0-9a-f]{8})-\d+\.part")
_EARLIER_PART = re.compile(r"\..+\.(?P<process>\d+)(-\d+)?\.part")
_PARTIAL_LOCK = re.compile(r"(?P<folder>\..+\.partial)\.lock(\.owner)?")

_numbers = itertools.count()
_open_parts: set[str] = set()  # names of temporary files that this process is writing


# Whole or absent


@contextmanager
def atomic_path(path: Path | str, sync: bool = False) -> Iterator[Path]:
    """Yield a temporary path in the same folder; it replaces `path` if the block succeeds.

    A folder may be made there too, where there is none at `path`. What killed processes of this computer left in
    the folder is removed first.

    Args:
        sync: have all of it on the disk before it gets its name, and the name before this returns: what a power
            cut must not take.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    temporary = _temporary(path)
    _open_parts.add(temporary.name)
    try:
        yield temporary
        if sync:
            for file in [*_files(temporary), *_folders(temporary)]:
                _sync(file)
        os.replace(temporary, path)
        if sync:
            _sync(path.parent)  # a file's name is not in the file
    finally:
        _remove(temporary)
        _open_parts.discard(temporary.name)


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
        _sweep(target.parent)
        claim = _claim(target.parent, f"{folder.name}.lock", PATIENCE)
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    if isinstance(claim, str):
        raise XqgError(f"{busy}{claim}")
    try:
        _remove(folder)
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
        _remove(folder)
        claim()


def remove_folder(path: Path) -> None:
    """Remove a folder in one step as far as other processes see, its lock included, which may be held.

    It is renamed first: what a kill leaves of it is a temporary folder, which the next write beside it removes.

    Raises:
        OSError: it cannot be renamed.
    """
    temporary = _temporary(path)
    os.replace(path, temporary)
    _remove(temporary)


# Locks


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
        claim = _claim(folder, LOCK)
    except OSError as error:
        error.filename = str(folder)
        raise
    if isinstance(claim, str):
        raise XqgError(f"{busy}{claim}")
    try:
        # Meanwhile, the other process may have removed this very folder.
        if not _is_at(folder, before):
            raise XqgError(busy)
        yield
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise
    finally:
        claim()


def is_locked(folder: Path) -> bool:
    """Whether a process holds the lock of a folder now; the folder may be read-only.

    Raises:
        OSError: the folder cannot be read.
    """
    if not {LOCK, LOCK + OWNER} & set(os.listdir(folder)):
        return False
    try:
        claim = _claim(folder, LOCK)
    except OSError:  # nobody writes into a folder that is read-only
        return False
    if isinstance(claim, str):
        return True
    claim()
    return False


def _claim(folder: Path, name: str, patience: float = 0.0) -> Callable[[], None] | str:
    """Lock the file `name` of a folder, made if absent.

    Args:
        patience: seconds to try again where another process holds it.

    Returns:
        A function that removes the file and lets go; where another process holds it, what is to be said of that
        process (mostly nothing).
    """
    deadline = time.monotonic() + patience
    while True:
        claim = _claim_once(folder, name)
        if callable(claim) or time.monotonic() >= deadline:
            return claim
        time.sleep(patience / 10)


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
    """As `_claim`, where the file system has no locks: a file that names its owner is the lock."""
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


# What killed processes left


def _temporary(path: Path) -> Path:
    """A name of its own beside `path`: `.NAME.xqg-HOST-PROCESS-START-NUMBER.part`.

    HOST is a hash of the computer's name and of what keeps containers' processes apart; START one of the process's
    start, as another may have its number later; NUMBER counts within the process.
    """
    process = os.getpid()
    name = path.name.encode()[:LONGEST].decode(errors="ignore")
    owner = f"{_host()}-{process}-{_start(process) or _short('')}"
    return path.with_name(f".{name}.xqg-{owner}-{next(_numbers)}.part")


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


def _sweep(folder: Path) -> None:
    """Remove what processes of this computer left here that are gone; what cannot be removed stays."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name not in _open_parts and _abandoned(folder / name):
            _remove(folder / name)
        elif match := _PARTIAL_LOCK.fullmatch(name):
            with suppress(OSError):
                claim = _claim(folder, name.removesuffix(OWNER))
                if callable(claim):
                    _remove(folder / match["folder"])
                    claim()


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


def _last_change(path: Path) -> float:
    """When something in a file or folder changed last, in seconds since 1970; now where it cannot be told."""
    try:
        return max(one.lstat().st_mtime for one in [path, *path.rglob("*")])
    except OSError:
        return time.time()


def _remove(path: Path) -> None:
    """Remove a file, a link or a whole folder as far as it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


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


# Digests


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def add_digest(path: Path) -> None:
    """Put the SHA-256 of its content at the end of a file (32 bytes), or into the file `.sha256` of a folder.

    `np.load` (mapped too), Faiss and other formats that say their own length read such a file as before.
    """
    if path.is_dir():
        (path / FOLDER_DIGEST).write_bytes(_folder_digest(path))
        return
    digest = bytes.fromhex(sha256_of(path))
    with path.open("ab") as file:
        file.write(digest)


def is_whole(path: Path) -> bool:
    """Whether a file or folder is there and is, to the bit, what `add_digest` saw; all of it is read.

    Raises:
        OSError: it cannot be read.
    """
    try:
        if path.is_dir():
            return (path / FOLDER_DIGEST).read_bytes() == _folder_digest(path)
        digest, left = hashlib.sha256(), path.stat().st_size - DIGEST
        with path.open("rb") as file:
            while left > 0 and (block := file.read(min(left, 1 << 20))):
                digest.update(block)
                left -= len(block)
            return left == 0 and file.read() == digest.digest()
    except (FileNotFoundError, NotADirectoryError):
        return False


def _folder_digest(folder: Path) -> bytes:
    digest = hashlib.sha256()
    for file in _files(folder):
        if file != folder / FOLDER_DIGEST:
            digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0{sha256_of(file)}\0".encode())
    return digest.digest()


def _files(path: Path) -> list[Path]:
    """All files below a folder, in order; of a file, itself."""
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _folders(path: Path) -> list[Path]:
    return sorted(one for one in [path, *path.rglob("*")] if one.is_dir())


def cached(path: Path, make: Callable[[], T], *, read: Callable[[Path], T], write: Callable[[Path, T], object]) -> T:
    """The value kept at `path` if all of it is whole; else it is made, kept for the next time, and returned.

    A folder that cannot be written, or a full disk, is no error: nothing is kept then. Two processes that make the
    same value may; the last one's stays.

    Args:
        path: a file or a folder; its name must say everything that the value depends on.
        make: makes the value.
        read: reads it from a file, whose last 32 bytes are none of its own, or from a folder.
        write: writes it there.

    Raises:
        OSError: it is there and cannot be read.
    """
    if is_whole(path):
        return read(path)
    value = make()
    with suppress(OSError):
        if path.is_dir():  # damaged: a folder takes no other's place
            _remove(path)
        with atomic_path(path) as temporary:
            write(temporary, value)
            add_digest(temporary)
    return value


def keep_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array as a .npy file with its digest; it is on the disk when this returns.

    Raises:
        XqgError: it cannot be written.
    """
    import numpy as np

    try:
        with atomic_path(path, sync=True) as temporary:
            with temporary.open("wb") as file:
                np.save(file, array, allow_pickle=False)
            add_digest(temporary)
    except OSError as error:
        raise XqgError(
            f"{path}: cannot be written ({error.strerror or error}); free space or mend the folder's permissions, "
            "then run the same command again"
        ) from None


_sound: dict[str, tuple[int, ...]] = {}  # files whose digest was right, and how they were then


def kept_array(path: Path, mapped: bool = False) -> npt.NDArray[np.generic] | None:
    """The array of a file that `keep_array` wrote; None where there is none, or one that is not whole.

    Args:
        mapped: read its rows as they are asked for, not now. Its digest is checked once a process, as long as
            the file stays as it is.

    Raises:
        OSError: it is there and cannot be read.
    """
    import numpy as np

    try:
        status = path.stat()
        seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if not mapped or _sound.get(str(path)) != seen:
            if not is_whole(path):
                return None
            if time.time() - status.st_mtime > SETTLED:
                _sound[str(path)] = seen
        array = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        return None
    return array if isinstance(array, np.ndarray) else None
