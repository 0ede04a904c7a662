"""`mean`: v = (1-α)·p + α·mean(q), as strong for two queries as for twenty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion, fuse
from xqg.augmentation.aggregation import Matrix
from xqg.augmentation.vectors import QueryGroups, QueryVectors

__all__ = ["MEAN"]


class MeanOfQueries:
    """The mean of the arm's query vectors in place of their sum.

    For K queries everywhere it is, up to v's length, `sum` with the α' of α'/(1-α') = α/(1-α)/K: with
    tuned α the two differ by what their grids reach, and where passages have different numbers.
    """

    weighted = True

    def matrix(
        self,
        passages: npt.NDArray[np.float32],
        queries: Sequence[QueryVectors],
        alpha: float,
        fusion: Fusion,
    ) -> Matrix:
        """One vector per passage: Σq over the passage's own number of queries; nothing without any.

        Factors on a passage's sum (`QueryVectors.weights`) cancel out of a mean and are not applied.
        """
        if not queries:
            return Matrix(fuse(passages, [], alpha, fusion))
        groups = QueryGroups.of(queries)
        mean = groups.plain_sums / np.maximum(groups.counts, 1).astype(np.float32)[:, None]
        return Matrix(fuse(passages, [mean], alpha, fusion))


MEAN = MeanOfQueries()
