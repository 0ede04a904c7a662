"""Arithmetic of vectors that several stations share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["unit_length"]


def unit_length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each row divided by its length, float32, shape (vectors, dimension); a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, np.where(lengths > 0, lengths, np.float32(1.0)), dtype=np.float32)
