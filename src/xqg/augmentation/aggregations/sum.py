"""`sum`: v = (1-α)·p + α·Σq, the paper's (Zhuang, Shou, Zuccon 2023, eq. 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion, fuse
from xqg.augmentation.aggregation import Matrix
from xqg.augmentation.vectors import QueryGroups, QueryVectors

__all__ = ["SUM"]


class SumOfQueries:
    """What an index stores; the only one that search serves."""

    weighted = True

    def matrix(
        self,
        passages: npt.NDArray[np.float32],
        queries: Sequence[QueryVectors],
        alpha: float,
        fusion: Fusion,
    ) -> Matrix:
        """One vector per passage; the sums are added in the order of `queries`."""
        sums = [QueryGroups.of(queries).sums] if len(queries) else []
        return Matrix(fuse(passages, sums, alpha, fusion))


SUM = SumOfQueries()
