"""Exact inner-product search with Faiss over a float32 matrix."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search import faiss_files
from xqg.search.engine import FLAT

__all__ = ["FlatEngine"]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


class FlatEngine:
    """`faiss.IndexFlatIP`: every vector is compared; nothing is approximated."""

    exact: ClassVar[bool] = True
    suffix: ClassVar[str] = "faiss"

    def __init__(self, index: Any) -> None:
        """Use `build` or `load`."""
        self._index = index

    @classmethod
    def check(cls, text: str, dimension: int, rows: int) -> None:
        """Nothing but `Flat` asks for it.

        Raises:
            XqgError: parameters, which there are none of, or another spelling.
        """
        if text != FLAT:
            raise XqgError(f"engine {text!r}: Flat compares all vectors and has no parameters; give Flat alone")

    @classmethod
    def build(cls, vectors: Floats, text: str = FLAT) -> FlatEngine:
        """An engine over vectors of shape (passages, dimension)."""
        return cls.of_blocks([vectors], vectors.shape)

    @classmethod
    def of_blocks(cls, blocks: Iterable[Floats], shape: tuple[int, int]) -> FlatEngine:
        """An engine over vectors that come in blocks, one after the other: nothing but Faiss holds them all.

        Args:
            blocks: float32, each of shape (some rows, dimension).
            shape: (passages, dimension) of all.

        Raises:
            ValueError: the blocks have more or fewer rows.
        """
        import faiss

        rows, dimension = shape
        index = faiss.IndexFlatIP(dimension)
        index.codes.resize(rows * dimension * np.dtype(np.float32).itemsize)  # growing would copy what is there
        index.ntotal = rows
        engine = cls(index)
        filled = 0
        for block in blocks:
            engine._view()[filled : filled + len(block)] = block
            filled += len(block)
        if filled != rows:
            raise ValueError(f"{filled} vectors, not {rows}")
        return engine

    @classmethod
    def load(cls, path: Path, text: str = FLAT) -> FlatEngine:
        """An engine from a file that `save` wrote.

        Raises:
            ValueError: the file holds no index of this kind.
        """
        import faiss

        index = faiss_files.read(path)
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError(f"{path}: holds {type(index).__name__}, not IndexFlatIP")
        return cls(index)

    def save(self, path: Path) -> None:
        """Write the vectors as a Faiss file.

        Raises:
            OSError: the file cannot be written.
        """
        faiss_files.write(self._index, path)

    @property
    def shape(self) -> tuple[int, int]:
        """(passages, dimension)."""
        return int(self._index.ntotal), int(self._index.d)

    @cached_property
    def longest(self) -> float:
        """Length of the longest stored vector."""
        vectors = self._view()
        return float(np.sqrt(np.einsum("nd,nd->n", vectors, vectors).max()))

    def vectors(self) -> Floats:
        """A copy of the stored vectors, shape (passages, dimension)."""
        return self._view().copy()

    def products(self, query: Floats, rows: Rows | None = None) -> Floats:
        """Inner products of one query with the given rows (None: all), shape (rows,).

        Each is a dot product of its own: equal vectors give equal bits, wherever they stand.
        """
        vectors = self._view() if rows is None else self._view()[rows]
        return np.matmul(vectors[:, None, :], query[:, None])[:, 0, 0]

    def _view(self) -> Floats:
        """Faiss's own memory, not to outlive this engine."""
        import faiss

        rows, dimension = self.shape
        return faiss.rev_swig_ptr(self._index.get_xb(), rows * dimension).reshape(rows, dimension)

    def search(self, queries: Floats, k: int, among: Rows | None = None) -> tuple[Floats, Rows]:
        """Inner products and rows of the k best passages of each query, best first.

        Both arrays have the shape (queries, k); 1 ≤ k ≤ passages. The last bits of a product depend
        on how many queries are asked at once and ties come in any order: `ranking.rank` settles both.

        Args:
            among: the only rows that are compared, each once, at least k; None: all.
        """
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if among is None:
            return self._index.search(queries, k)
        import faiss

        chosen = np.zeros(self.shape[0], dtype=bool)
        chosen[among] = True
        bits = np.packbits(chosen, bitorder="little")  # held here: the selector keeps only its address
        library: Any = faiss  # whose own annotations are those of C++
        selector = library.IDSelectorBitmap(bits)
        return self._index.search(queries, k, params=library.SearchParameters(sel=selector))
