"""What an aggregation is: from a passage's vector and its queries' to what is searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.augmentation.vectors import QueryVectors

__all__ = ["Aggregation", "Matrix"]


@dataclass(frozen=True)
class Matrix:
    """What questions are compared with.

    Attributes:
        vectors: float32, shape (vectors, dimension), contiguous.
        owners: the passage's row of each vector, int64, ascending, every passage at least once: a
            passage's score is that of its best vector. None: row r is passage r's only vector.
    """

    vectors: npt.NDArray[np.float32]
    owners: npt.NDArray[np.int64] | None = None


class Aggregation(Protocol):
    """How they are brought together; a new one is a new file in `aggregations/` with an object like this.

    Attributes:
        weighted: whether α plays a part. Then `matrix` gives one vector per passage (`owners` None).
    """

    weighted: bool

    def matrix(
        self,
        passages: npt.NDArray[np.float32],
        queries: Sequence[QueryVectors],
        alpha: float,
        fusion: Fusion,
    ) -> Matrix:
        """What is searched for passage vectors of shape (passages, dimension) and an arm's queries."""
