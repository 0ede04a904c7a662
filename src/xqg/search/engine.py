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

    @classmethod
    def build(cls, vectors: npt.NDArray[np.float32], factory: str) -> Engine:
        """An engine over vectors of shape (passages, dimension).

        Raises:
            XqgError: it cannot be built over these.
        """
        ...

    @classmethod
    def load(cls, path: Path, factory: str) -> Engine:
        """An engine from a file that `save` wrote.

        Raises:
            ValueError: the file holds none of this kind.
        """
        ...

    def save(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            OSError: the file cannot be written.
        """
        ...

    @property
    def shape(self) -> tuple[int, int]:
        """(passages, dimension)."""
        ...

    def search(
        self, queries: npt.NDArray[np.float32], k: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Scores and rows, each of shape (queries, k), best first; row -1 where there is none."""
        ...
