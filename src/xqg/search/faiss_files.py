"""Faiss indexes in files: written whole, read by mapping them into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["read", "write"]


def read(path: Path) -> Any:
    """The Faiss index in a file. Its vectors stay in the file, mapped: several processes share them.

    Raises:
        ValueError: Faiss cannot read the file.
    """
    import faiss

    try:
        return faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))  # older Faiss: a copy
    except (RuntimeError, MemoryError):  # a damaged size may ask for any amount of memory
        raise ValueError(f"{path}: Faiss cannot read it") from None


def write(index: Any, path: Path) -> None:
    """Write a Faiss index to a file.

    Raises:
        OSError: the file cannot be written.
    """
    import faiss

    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(str(error)) from None
