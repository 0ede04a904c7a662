"""Encoded matrices kept on disk, so that an interrupted comparison does not encode twice.

A file is a .npy file with the SHA-256 of its bytes after it; its name is the hash of everything
that the vectors depend on. A damaged file is made again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.kept import atomic_path

if TYPE_CHECKING:
    from xqg.encoding.encoder import Encoder

__all__ = ["Side", "VectorCache"]

Side = Literal["passages", "queries"]
DIGEST = 32  # bytes of SHA-256


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
        path = self.folder / f"{_key(encoder, side, texts)}.npy" if self.folder else None
        kept = _read(path, (len(texts), encoder.dimension)) if path else None
        if kept is not None:
            return kept
        encode = encoder.encode_passages if side == "passages" else encoder.encode_queries
        vectors = encode(texts)
        if path:
            _write(path, vectors)
        return vectors


def _key(encoder: Encoder, side: Side, texts: Sequence[str]) -> str:
    length = encoder.passage_length if side == "passages" else encoder.query_length
    digest = hashlib.sha256()
    dtype = str(getattr(encoder, "dtype", "float32"))
    for part in (encoder.fingerprint, side, str(length), dtype, *texts):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _read(path: Path, shape: tuple[int, int]) -> npt.NDArray[np.float32] | None:
    """The matrix of a file; None where there is none, or a damaged one."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body, digest = data[:-DIGEST], data[-DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        vectors = np.load(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _write(path: Path, vectors: npt.NDArray[np.float32]) -> None:
    buffer = io.BytesIO()
    np.save(buffer, vectors, allow_pickle=False)
    body = buffer.getvalue()
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(body)
        file.write(hashlib.sha256(body).digest())
