"""Approximate search with Faiss: any index that a factory string describes.

Douze et al.: *The Faiss library*, arXiv 2401.08281. `HNSW32`: a graph, quick and accurate, in full
memory. `IVF1024,PQ64`: 1,024 lists of which a few are looked through, vectors in 64 bytes each: small
and less accurate. `HNSW32,SQ8`: a graph over vectors of one byte a dimension.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError

__all__ = ["FactoryEngine", "check_factory", "split_factory"]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

TRAINING = 256  # vectors a list or centroid at most: Faiss samples down to this by itself
LEAST = 65_536


def split_factory(text: str) -> tuple[str, str]:
    """`IVF1024,PQ64:nprobe=32` → what Faiss builds, and parameters of the search (empty: none)."""
    factory, _, parameters = text.partition(":")
    return factory.strip(), parameters.strip()


def check_factory(text: str, dimension: int, rows: int) -> None:
    """Refuse a factory string before hours of work lead to it.

    Raises:
        XqgError: Faiss does not know it, it does not fit the dimension, a search parameter that such
            an index does not have, or fewer passages than it needs to be trained on.
    """
    import faiss

    factory, parameters = split_factory(text)
    try:
        index = faiss.index_factory(dimension, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise XqgError(
            f"engine {text!r}: Faiss cannot make it for {dimension} dimensions ({_reason(error)}); use Flat, HNSW32, "
            "IVF1024,PQ64 or the like"
        ) from None
    _set(index, text, parameters)
    lists = [int(number) for number in re.findall(r"IVF(\d+)", factory)]
    centroids = [2 ** int(bits or 8) for bits in re.findall(r"PQ\d+(?:x(\d+))?", factory)]
    least = max([*lists, *centroids], default=1)
    if rows < least:
        raise XqgError(
            f"engine {text!r} needs {least:,} passages to be trained on, there are {rows:,}; use one with fewer "
            "lists or without PQ, or Flat"
        )


def _set(index: Any, text: str, parameters: str) -> None:
    import faiss

    if not parameters:
        return
    try:
        faiss.ParameterSpace().set_index_parameters(index, parameters)  # type: ignore[arg-type]  # its stubs know one overload
    except (RuntimeError, ValueError) as error:
        raise XqgError(
            f"engine {text!r}: {_reason(error)}; give parameters such as nprobe=32 (IVF) or efSearch=64 (HNSW)"
        ) from None


def _reason(error: Exception) -> str:
    """What Faiss says, without the place in its source."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[-1].split(": ", 1)[-1].strip()[:120].rstrip(".;")


class FactoryEngine:
    """A Faiss index that approximates; scores are those of its own, possibly compressed, vectors."""

    exact = False

    def __init__(self, index: Any, factory: str) -> None:
        """Use `build` or `load`."""
        self._index = index
        self.factory = factory
        _set(index, factory, split_factory(factory)[1])

    @classmethod
    def build(cls, vectors: Floats, factory: str) -> FactoryEngine:
        """An engine over vectors of shape (passages, dimension), trained on some of them.

        Raises:
            XqgError: as `check_factory`, or Faiss cannot train it.
        """
        import faiss

        check_factory(factory, vectors.shape[1], len(vectors))
        index = faiss.index_factory(vectors.shape[1], split_factory(factory)[0], faiss.METRIC_INNER_PRODUCT)
        if not index.is_trained:
            lists = [int(number) for number in re.findall(r"IVF(\d+)", factory)]
            number = min(len(vectors), max([LEAST, *(TRAINING * one for one in lists)]))
            rows = np.linspace(0, len(vectors) - 1, number).astype(np.int64)  # spread, and the same each time
            try:
                index.train(np.ascontiguousarray(vectors[rows]))
            except RuntimeError as error:
                raise XqgError(
                    f"engine {factory!r} cannot be trained on {number:,} passages ({_reason(error)}); use another, "
                    "or Flat"
                ) from None
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index, factory)

    @classmethod
    def load(cls, path: Path, factory: str) -> FactoryEngine:
        """An engine from a file that `save` wrote.

        Raises:
            ValueError: Faiss cannot read the file.
        """
        import faiss

        try:
            return cls(faiss.read_index(str(path)), factory)
        except RuntimeError:
            raise ValueError(f"{path}: Faiss cannot read it") from None

    def save(self, path: Path) -> None:
        """Write the index as a Faiss file.

        Raises:
            OSError: the file cannot be written.
        """
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error)) from None

    @property
    def shape(self) -> tuple[int, int]:
        """(passages, dimension)."""
        return int(self._index.ntotal), int(self._index.d)

    def search(self, queries: Floats, k: int) -> tuple[Floats, Rows]:
        """Scores and rows of about the k best passages of each query, best first.

        Both arrays have the shape (queries, k). Where fewer were found, the rest is row -1 with the
        score -inf.
        """
        scores, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
        scores[rows < 0] = -np.inf
        return scores, rows
