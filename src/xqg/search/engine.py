"""What a search engine over vectors is: a class that builds, searches, saves and loads itself.

A new engine is one new file in `engines/`, or a class that another package names in its entry points
(group `xqg.engines`). It is chosen by its name, alone or followed by a comma or colon and whatever the
engine understands: `numpy-exact`, `my-engine:threads=2`. All other texts are Faiss factory strings.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol, TypeGuard

import numpy as np
import numpy.typing as npt

__all__ = ["FLAT", "Engine", "ExactEngine", "is_exact"]

FLAT = "Flat"  # the text of the engine that is the default: Faiss's own name for comparing every vector

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


class Engine(Protocol):
    """Vectors of passages that can be searched by inner product, and kept in a file.

    Attributes:
        exact: whether every vector is compared, in full: such an engine is an `ExactEngine`, and serves
            every weighting of an index. One that approximates serves the stored one only.
        suffix: of the files that `save` writes, without a dot.
    """

    exact: ClassVar[bool]
    suffix: ClassVar[str]

    @classmethod
    def check(cls, text: str, dimension: int, rows: int) -> None:
        """Refuse what cannot be built, before hours of work lead to it.

        Args:
            text: how the engine is asked for: its name, with its parameters.
            dimension: of the vectors.
            rows: number of the vectors.

        Raises:
            XqgError: that.
        """
        ...

    @classmethod
    def build(cls, vectors: Floats, text: str) -> Engine:
        """An engine over vectors of shape (passages, dimension), asked for by `text`.

        Raises:
            XqgError: it cannot be built over these.
        """
        ...

    @classmethod
    def load(cls, path: Path, text: str) -> Engine:
        """An engine from a file that `save` wrote; what follows a colon in `text` may be another than then.

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

    def search(self, queries: Floats, k: int) -> tuple[Floats, Rows]:
        """Scores and rows, each of shape (queries, k), best first; row -1 and score -inf where there is none."""
        ...


class ExactEngine(Engine, Protocol):
    """An engine whose products can be asked for one by one, so that every ranking is the same each time."""

    @property
    def longest(self) -> float:
        """Length of the longest stored vector."""
        ...

    def products(self, query: Floats, rows: Rows | None = None) -> Floats:
        """Inner products of one query with the given rows (None: all), shape (rows,); equal vectors give equal bits."""
        ...

    def search(self, queries: Floats, k: int, among: Rows | None = None) -> tuple[Floats, Rows]:
        """As `Engine.search`, 1 ≤ k ≤ passages; ties in any order.

        Args:
            among: the only rows that are compared, each once, at least k; None: all.
        """
        ...


def is_exact(engine: Engine) -> TypeGuard[ExactEngine]:
    """Whether the engine compares every vector in full."""
    return engine.exact
