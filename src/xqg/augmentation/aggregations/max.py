"""`max`: every query stays a vector of its own, and a passage's best vector scores it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion, unit_length
from xqg.augmentation.aggregation import Matrix
from xqg.augmentation.vectors import QueryVectors

__all__ = ["MAX"]


class BestVector:
    """s(x) = max(p·x, q₁·x, …, q_K·x): late fusion (multi-vector doc2query); α plays no part.

    A K+1 times larger index would be its price; a comparison makes it in memory only.
    """

    weighted = False

    def matrix(
        self,
        passages: npt.NDArray[np.float32],
        queries: Sequence[QueryVectors],
        alpha: float,
        fusion: Fusion,
    ) -> Matrix:
        """All vectors, passage by passage. `raw`: as emitted; `normalised`: each of length 1."""
        owners = np.concatenate([np.arange(len(passages)), *(group.rows for group in queries)])
        order = np.argsort(owners, kind="stable")
        vectors = np.concatenate([passages, *(group.vectors[group.index] for group in queries)])[order]
        if fusion == "normalised":
            vectors = unit_length(vectors)
        return Matrix(np.ascontiguousarray(vectors), owners[order])


MAX = BestVector()
