"""Encoded matrices kept on disk, so that an interrupted comparison does not encode twice.

A file is an array with its digest (`xqg.kept.keep_array`); its name is the hash of everything that the
vectors depend on. A damaged file is made again. Matrices stay in their files: what is given is mapped into
memory, read where it is looked at, and cannot be changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.kept import keep_array, kept_array

if TYPE_CHECKING:
    from xqg.encoding.encoder import Encoder

__all__ = ["Side", "VectorCache"]

Side = Literal["passages", "queries"]


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
        keep_array(path, vectors)
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
    kept = kept_array(path, mapped=0 not in shape)  # what has no byte cannot be mapped
    if kept is None or kept.shape != shape or kept.dtype != np.float32:
        return None
    return np.asarray(kept)
