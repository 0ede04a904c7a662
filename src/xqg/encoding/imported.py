"""Vectors of passages that were encoded elsewhere: a .npy matrix, and a file that names its rows.

Both are what FAISS and Tevatron users have at hand. The matrix is mapped, not read: a row comes into
memory when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.encoding.encoder import NotFiniteVectors
from xqg.errors import XqgError

__all__ = ["ImportedVectors"]

_Matrix = npt.NDArray[Any]  # of a .npy file: any dtype, until it is checked

MAGIC = b"\x93NUMPY"
# What NumPy raises over damaged files: it reads the header as Python source, whose parser says
# MemoryError over too many brackets.
_BROKEN = (
    *(ValueError, OSError, EOFError, OverflowError, SyntaxError, TypeError, TokenError),
    *(LookupError, AttributeError, MemoryError, RecursionError),
)


class ImportedVectors:
    """One vector per passage id.

    Attributes:
        dimension: of the vectors.
    """

    def __init__(self, vectors: Path, ids: Path, matrix: _Matrix, rows: dict[str, int]) -> None:
        """Use `ImportedVectors.open`."""
        self._files = (vectors, ids)
        self._matrix = matrix
        self._rows = rows
        self.dimension = int(matrix.shape[1])

    @classmethod
    def open(cls, vectors: Path | str, ids: Path | str) -> ImportedVectors:
        """Open two files; no vector is read now.

        Args:
            vectors: .npy file of float16, float32 or float64, shape (passages, dimension).
            ids: passage ids in the order of the rows: one a line (UTF-8), a .json list of strings, or a
                .npy of unicode strings, shape (passages,).

        Raises:
            XqgError: a missing, foreign or truncated file, another shape or dtype, a repeated or empty
                id, another number of ids than of vectors.
        """
        vectors, ids = Path(vectors), Path(ids)
        matrix = _matrix(vectors)
        names = _ids(ids)
        if len(names) != len(matrix):
            raise XqgError(
                f"{ids}: {len(names)} ids for the {len(matrix)} vectors of {vectors}; "
                "give one id for each vector, in their order"
            )
        return cls(vectors, ids, matrix, _numbered(ids, names))

    def __len__(self) -> int:
        """Number of vectors."""
        return len(self._rows)

    def __contains__(self, id_: object) -> bool:
        """Whether a passage id has a vector."""
        return id_ in self._rows

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, over both files' content; they are read for it once."""
        whole = hashlib.sha256()
        for path in self._files:
            with path.open("rb") as file:
                part = hashlib.sha256()
                while block := file.read(1 << 20):
                    part.update(block)
            whole.update(part.digest())
        return whole.hexdigest()

    def vectors(self, ids: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of passages, float32 of shape (ids, dimension), in the order asked.

        Raises:
            XqgError: an id without a vector.
            NotFiniteVectors: a vector with NaN or infinity in it, or beyond float32.
        """
        absent = next((id_ for id_ in ids if id_ not in self._rows), None)
        if absent is not None:
            vectors, names = self._files
            raise XqgError(f"{names}: no vector for passage {absent!r}; add it here and to {vectors}")
        rows = np.array([self._rows[id_] for id_ in ids], dtype=np.int64)
        with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinite, which is refused
            found = np.asarray(self._matrix[rows], dtype=np.float32)
        finite = np.isfinite(found).all(axis=1)
        if not finite.all():
            place = int(np.argmin(finite))
            raise NotFiniteVectors(
                f"{self._files[0]}: row {rows[place]} (from 0), passage {ids[place]!r}, has a number that is "
                "not finite in float32; encode it anew",
                found,
            )
        return found


def _matrix(path: Path) -> _Matrix:
    matrix = _mapped(path, "vectors")
    kind = matrix.dtype
    if kind.kind != "f" or kind.itemsize not in (2, 4, 8):
        raise XqgError(f"{path}: vectors of dtype {kind}; save them as float16, float32 or float64")
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise XqgError(f"{path}: an array of shape {matrix.shape}; save the vectors as (passages, dimension)")
    return matrix


def _mapped(path: Path, what: str) -> _Matrix:
    """The array of a .npy file, left on disk."""
    if not os.path.isfile(path):
        raise XqgError(f"{path}: no such file; give a .npy file of {what}")
    try:
        with path.open("rb") as file:
            begin = file.read(len(MAGIC))
        if begin != MAGIC:
            raise XqgError(f"{path}: not a .npy file; save the {what} with numpy.save")
        array = np.lib.format.open_memmap(path, mode="r")
    except _BROKEN as error:
        if "Python objects" in str(error):
            raise XqgError(
                f"{path}: an array of Python objects, which can run code when loaded; "
                f"save the {what} as an array of one plain dtype"
            ) from None
        raise XqgError(f"{path}: a damaged or truncated .npy file; get it anew") from None
    return array


def _ids(path: Path) -> list[str]:
    if not os.path.isfile(path):
        raise XqgError(f"{path}: no such file; give the ids of the vectors' rows, one a line")
    if path.suffix == ".npy":
        array = _mapped(path, "ids")
        if array.dtype.kind != "U" or array.ndim != 1:
            raise XqgError(
                f"{path}: an array of {array.dtype}, shape {array.shape}; save the ids as a list of strings"
            )
        _check_characters(path, array)
        return [str(name) for name in array]
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XqgError(f"{path}: not UTF-8; convert the file to UTF-8") from None
    if path.suffix == ".json":
        return _listed(path, text)
    # Not `splitlines`, which also splits at characters that an id may have.
    names = [line.removesuffix("\r") for line in text.split("\n")]
    return names[:-1] if names[-1] == "" else names


def _check_characters(path: Path, array: _Matrix) -> None:
    """Raise XqgError where a number in an array of strings is no character's: NumPy takes any."""
    if not array.nbytes:
        return
    codes = np.frombuffer(array.tobytes(), dtype=np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
    if (codes > sys.maxunicode).any() or ((codes >= 0xD800) & (codes < 0xE000)).any():  # or half a pair
        raise XqgError(f"{path}: ids with what is no character in them; get the file anew")


def _listed(path: Path, text: str) -> list[str]:
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        raise XqgError(f"{path}: broken JSON; write the ids as one list of strings") from None
    if not isinstance(names, list) or not all(type(name) in (str, int) for name in names):
        raise XqgError(f'{path}: not a list of strings; write the ids as ["a", "b", …]')
    return [str(name) for name in names]  # whole numbers are taken for ids, as in passage files


def _numbered(path: Path, names: Sequence[str]) -> dict[str, int]:
    """Id → row, from 0."""
    rows: dict[str, int] = {}
    for row, name in enumerate(names):
        where = f"{path}: id {row + 1}" if path.suffix in (".json", ".npy") else f"{path}:{row + 1}: id"
        if not name or any(character.isspace() for character in name):
            raise XqgError(f"{where} {name!r} is empty or has white space; write the passage's own id")
        if rows.setdefault(name, row) != row:
            raise XqgError(f"{where} {name!r} occurs a second time; ids must be unique")
    return rows
