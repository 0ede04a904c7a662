"""Files and folders that carry the SHA-256 of their content: what is damaged counts as absent."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xqg.errors import XqgError
from xqg.kept.whole import atomic_path, files_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "add_digest",
    "cached",
    "is_whole",
    "keep_array",
    "keep_bytes",
    "kept_array",
    "kept_bytes",
    "sha256_of",
]

T = TypeVar("T")

DIGEST = 32  # bytes of SHA-256, at the end of a file
FOLDER_DIGEST = ".sha256"  # the file of a folder that has it instead
SETTLED = 2.0  # seconds: a file that changed less long ago may change again within one tick of its clock


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, or of the names, sizes and content of a folder's files, in hexadecimal."""
    return _digest(path).hexdigest()


def _digest(path: Path, without: str = "") -> hashlib._Hash:
    """The hash of a file or folder; a folder's file of the name `without` does not count."""
    digest = hashlib.sha256()
    for one in files_of(path):
        if path.is_dir():
            if one == path / without:
                continue
            digest.update(f"{one.relative_to(path).as_posix()}\0{one.stat().st_size}\0".encode())
        with one.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest


def add_digest(path: Path) -> None:
    """Put the SHA-256 of its content at the end of a file (32 bytes), or into the file `.sha256` of a folder.

    `np.load` (mapped too), Faiss and other formats that say their own length read such a file as before.
    """
    if path.is_dir():
        (path / FOLDER_DIGEST).write_bytes(_digest(path, FOLDER_DIGEST).digest())
        return
    digest = _digest(path).digest()
    with path.open("ab") as file:
        file.write(digest)


def is_whole(path: Path) -> bool:
    """Whether a file or folder is there and is, to the bit, what `add_digest` saw; all of it is read.

    Raises:
        OSError: it cannot be read.
    """
    try:
        if path.is_dir():
            return (path / FOLDER_DIGEST).read_bytes() == _digest(path, FOLDER_DIGEST).digest()
        digest, left = hashlib.sha256(), path.stat().st_size - DIGEST
        with path.open("rb") as file:
            while left > 0 and (block := file.read(min(left, 1 << 20))):
                digest.update(block)
                left -= len(block)
            return left == 0 and file.read() == digest.digest()
    except (FileNotFoundError, NotADirectoryError):
        return False


def cached(path: Path, make: Callable[[], T], *, read: Callable[[Path], T], write: Callable[[Path, T], object]) -> T:
    """The value kept at `path` if all of it is whole; else it is made, kept for the next time, and returned.

    A folder that cannot be written, or a full disk, is no error: nothing is kept then; what cannot be read is made.
    Two processes may make the same value; the last one's stays.

    Args:
        path: a file or a folder; its name must say everything that the value depends on.
        make: makes the value.
        read: reads it from a file, whose last 32 bytes are none of its own, or from a folder.
        write: writes it there.
    """
    with suppress(OSError):
        if is_whole(path):
            return read(path)
    value = make()
    with suppress(OSError), atomic_path(path, replace=True) as temporary:
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


def keep_bytes(path: Path, content: bytes, sync: bool = False) -> None:
    """Write a file whose first line is the SHA-256 of the rest, which people can read as it is.

    Args:
        sync: have it on the disk when this returns; see `atomic_path`.

    Raises:
        OSError: it cannot be written.
    """
    with atomic_path(path, sync=sync) as temporary:
        temporary.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def kept_bytes(path: Path) -> bytes | None:
    """The content that `keep_bytes` wrote; None where the file is not what it wrote.

    Raises:
        OSError: there is none, or it cannot be read.
    """
    digest, _, content = path.read_bytes().partition(b"\n")
    return content if hashlib.sha256(content).hexdigest().encode() == digest else None


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
