"""Notes on a large passage file, kept as NumPy files in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Notes", "kept_notes"]

FORMAT = 1


class Notes(NamedTuple):
    """What is known of a file's rows.

    Attributes:
        starts: uint64, shape (rows + 1,): the offset of each row's first byte, and the file's size.
        ids: uint64, shape (2, rows): sorted hashes of the ids, and the row of each; shape (2, 0)
            where the ids count up by one from row to row.
    """

    starts: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.uint64]


def kept_notes(path: Path, make: Callable[[], Notes]) -> Notes:
    """The notes kept for a file, memory-mapped, else those that `make` makes, which are then kept.

    Where no cache folder can be written they stay in memory.
    """
    stat = path.stat()
    key = f"{FORMAT} {path.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    for folder in _folders():
        found = _read(folder, name, stat.st_size)
        if found is not None:
            return found
    made = make()
    for folder in _folders():
        try:
            _write(folder, name, made)
        except OSError:  # read-only, or full: try the next
            continue
        return _read(folder, name, stat.st_size) or made
    return made


def _folders() -> Iterator[Path]:
    """The user's cache folder, then one of the user's own among temporary files."""
    base = os.environ.get("XDG_CACHE_HOME")
    yield (Path(base) if base else Path("~").expanduser() / ".cache") / "xqg"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"xqg-{user}"


def _read(folder: Path, name: str, size: int) -> Notes | None:
    try:
        starts, ids = (
            np.load(folder / f"{name}.{part}.npy", mmap_mode="r", allow_pickle=False)
            for part in Notes._fields
        )
    except (OSError, ValueError, EOFError):  # absent, unreadable, or not NumPy's
        return None
    if starts.dtype != np.uint64 or ids.dtype != np.uint64 or starts.ndim != 1 or len(starts) < 2:
        return None
    if int(starts[-1]) != size or ids.shape not in ((2, 0), (2, len(starts) - 1)):
        return None
    return Notes(starts, ids)


def _write(folder: Path, name: str, notes: Notes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part, values in zip(Notes._fields, notes, strict=True):
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.save(file, values, allow_pickle=False)
            os.replace(temporary, folder / f"{name}.{part}.npy")
        except BaseException:  # Ctrl-C too: nothing half-written stays
            Path(temporary).unlink(missing_ok=True)
            raise
