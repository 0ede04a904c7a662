"""Encoded matrices kept on disk, so that an interrupted comparison does not encode twice.

A file is a .npy file with the SHA-256 of its bytes after it; its name is the hash of everything
that the vectors depend on. A damaged file is made again. Matrices stay in their files: what is given is
mapped into memory, read where it is looked at, and cannot be changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xqg.atomic import atomic_path
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding.encoder import Encoder

__all__ = ["Side", "VectorCache"]

Side = Literal["passages", "queries"]
DIGEST = 32  # bytes of SHA-256
_CHUNK = 2**20  # bytes read at a time


class VectorCache:
    """A folder of encoded matrices; None: nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = Path(folder) if folder is not None else None

    def encode(
        self, encoder: Encoder, side: Side, texts: Sequence[str]
    ) -> npt.NDArray[np.float32]:
        """Vectors of texts, float32 of shape (texts, dimension): the kept ones, else encoded now.

        Args:
            encoder: encodes, and names itself by its fingerprint.
            side: `passages` or `queries`; generated queries are queries.
            texts: in the order of the rows.

        Raises:
            XqgError: another side, or as the encoder.
        """
        if side not in ("passages", "queries"):
            raise XqgError(f"cannot encode {side!r}; use passages or queries")
        encode = encoder.encode_passages if side == "passages" else encoder.encode_queries
        if self.folder is None:
            return encode(texts)
        path, shape = self.folder / f"{_key(encoder, side, texts)}.npy", (len(texts), encoder.dimension)
        kept = _read(path, shape)
        if kept is not None:
            return kept
        vectors = encode(texts)
        _write(path, vectors)
        kept = _read(path, shape)
        return vectors if kept is None else kept


def _key(encoder: Encoder, side: Side, texts: Sequence[str]) -> str:
    length = encoder.passage_length if side == "passages" else encoder.query_length
    digest = hashlib.sha256()
    dtype = str(getattr(encoder, "dtype", "float32"))
    for part in (encoder.fingerprint, side, str(length), dtype, *texts):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _read(path: Path, shape: tuple[int, int]) -> npt.NDArray[np.float32] | None:
    """The matrix of a file, mapped into memory; None where there is none, or a damaged one."""
    try:
        if not _whole(path):
            return None
        # What has no byte cannot be mapped.
        vectors = np.load(path, mmap_mode="r" if 0 not in shape else None, allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    return np.asarray(vectors) if vectors.shape == shape and vectors.dtype == np.float32 else None


def _whole(path: Path) -> bool:
    """Whether the digest at the end of a file is that of the bytes before it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size - DIGEST
        while left > 0:
            read = file.read(min(left, _CHUNK))
            if not read:
                return False
            digest.update(read)
            left -= len(read)
        return file.read() == digest.digest()


def _write(path: Path, vectors: npt.NDArray[np.float32]) -> None:
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        hashed = _Hashed(file)
        np.save(hashed, vectors, allow_pickle=False)
        file.write(hashed.digest())


class _Hashed:
    """A file to write to, and the SHA-256 of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write it, and hash it."""
        self._hash.update(data)
        return self._file.write(data)

    def digest(self) -> bytes:
        """Of all that was written."""
        return self._hash.digest()
