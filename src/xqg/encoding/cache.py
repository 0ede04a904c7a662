"""Encoded matrices kept on disk, so that an interrupted comparison does not encode twice.

A file is an array with its digest (`xqg.kept.add_digest`); its name is the hash of everything that the
vectors depend on. A damaged file is made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.kept import cached

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
        path = self.folder / f"{_key(encoder, side, texts)}.npy"
        return cached(path, lambda: encode(texts), read=_read, write=_write)


def _key(encoder: Encoder, side: Side, texts: Sequence[str]) -> str:
    length = encoder.passage_length if side == "passages" else encoder.query_length
    digest = hashlib.sha256()
    dtype = str(getattr(encoder, "dtype", "float32"))
    for part in (encoder.fingerprint, side, str(length), dtype, *texts):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _read(path: Path) -> npt.NDArray[np.float32]:
    vectors: npt.NDArray[np.float32] = np.load(path, allow_pickle=False)
    return vectors


def _write(path: Path, vectors: npt.NDArray[np.float32]) -> None:
    with path.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
