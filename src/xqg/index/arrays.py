"""Arrays that a first pass leaves in files for the second: whole or absent, so that a kill costs one."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xqg.atomic import atomic_path
from xqg.errors import XqgError

__all__ = ["keep_array", "kept_array"]


def keep_array(path: Path, array: npt.NDArray[np.generic]) -> None:
    """Write an array; the file is on the disk when this returns.

    Raises:
        XqgError: it cannot be written.
    """
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise XqgError(
            f"{path}: cannot be written ({error.strerror or error}); free space or mend the folder's permissions, "
            "then run the same command again"
        ) from None


def kept_array(path: Path, mapped: bool = False) -> npt.NDArray[np.generic] | None:
    """The array of a file; None where there is no whole one.

    Args:
        mapped: read its rows as they are asked for, not now.
    """
    try:
        found = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        return None
    return found if isinstance(found, np.ndarray) else None
