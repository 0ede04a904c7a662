"""What a search engine over vectors is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Engine"]


class Engine(Protocol):
    """Vectors of passages that can be searched by inner product, and kept in a file.

    Attributes:
        factory: Faiss factory string, with search parameters after a colon.
        exact: whether every vector is compared, in full.
    """

    factory: str
    exact: bool

    @property
    def shape(self) -> tuple[int, int]:
        """(passages, dimension)."""
        ...

    def search(
        self, queries: npt.NDArray[np.float32], k: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Scores and rows, each of shape (queries, k), best first; row -1 where there is none."""
        ...

    def save(self, path: Path) -> None:
        """Write it to a file; OSError where that fails."""
        ...
