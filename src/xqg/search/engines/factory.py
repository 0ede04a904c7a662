"""Approximate search with Faiss: any index over inner products that a factory string describes.

Douze et al.: *The Faiss library*, arXiv 2401.08281. `HNSW32`: a graph, quick and accurate, vectors in
full. `IVF1024,PQ64`: 1,024 lists of which a few are looked through, 64 bytes a vector: small and less
accurate. `HNSW32,SQ8`: a graph over vectors of one byte a dimension. Parameters of the search follow a
colon: `IVF1024,PQ64:nprobe=32`, `HNSW32:efSearch=128`.

Training takes evenly spaced passages and Faiss's fixed seeds, so that lists and codes are the same each
time. A graph that several threads build may differ in some links from one build to the next.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search import faiss_files
from xqg.search.engine import FLAT
from xqg.search.engines.flat import FlatEngine

__all__ = ["FactoryEngine"]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

MOST = 256  # vectors a centroid that Faiss trains on: it leaves out the rest
LEAST = 39  # below this many a centroid Faiss warns that it has too few
CENTROIDS = 256  # as many as this are reckoned with where nothing is clustered, as for SQ8 or PCA64

_QUANTISER = re.compile(r"(?:PQ|RQ|LSQ)\d+(?:x(\d+))?")  # M codes of some bits each, 8 where not said


def _made(text: str, dimension: int) -> Any:
    """The empty Faiss index.

    Raises:
        XqgError: there is none for the text, or none that can be used.
    """
    import faiss

    try:
        index = faiss.index_factory(dimension, text.partition(":")[0], faiss.METRIC_INNER_PRODUCT)
    except (RuntimeError, MemoryError, OverflowError, TypeError, ValueError) as error:
        raise XqgError(
            f"engine {text!r}: Faiss cannot make it for {dimension} dimensions ({_reason(error)}); use Flat, "
            "HNSW32, IVF1024,PQ64 or the like"
        ) from None
    if index.metric_type != faiss.METRIC_INNER_PRODUCT or isinstance(index, faiss.IndexIDMap):
        raise XqgError(
            f"engine {text!r}: does not compare numbered vectors by inner product; use Flat, HNSW32, IVF1024,PQ64 "
            "or the like"
        )
    return index


def _centroids(index: Any, text: str) -> int:
    """The most centroids of any one clustering in the training; 0 where there is none.

    Raises:
        XqgError: an inverted file of no list.
    """
    import faiss

    found = [2 ** int(bits or 8) for bits in _QUANTISER.findall(text)]
    inverted = faiss.try_extract_index_ivf(index)
    if inverted is not None:
        found.append(int(inverted.nlist))
        if inverted.nlist < 1:
            raise XqgError(f"engine {text!r}: has no list; give at least one, as in IVF1024,Flat")
    return max(found, default=0)


def _set(index: Any, text: str) -> None:
    """Set the parameters that follow the colon.

    Raises:
        XqgError: an unknown one, or one whose value is no number above 0.
    """
    import faiss

    _, colon, parameters = text.partition(":")
    if not colon:
        return
    remedy = "give parameters such as nprobe=32 (IVF) or efSearch=64 (HNSW)"
    for part in parameters.split(","):
        name, _, value = part.partition("=")
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value) or float(value) == 0:
            raise XqgError(f"engine {text!r}: {part!r} is not NAME=NUMBER with a number above 0; {remedy}")
        try:
            faiss.ParameterSpace().set_index_parameter(index, name, float(value))
        except (RuntimeError, TypeError, ValueError):
            raise XqgError(f"engine {text!r}: it has no search parameter {name!r}; {remedy}") from None


def _reason(error: Exception) -> str:
    """What Faiss says, without the place in its source."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    text = re.sub(r"^Error in .* at \S+?:\d+: ", "", lines[-1].strip())
    return re.sub(r"^Error: '.*?' failed:? ?", "", text)[:120].rstrip(" .;:") or "not possible"


class FactoryEngine:
    """A Faiss index that approximates; scores are those of its own, possibly compressed, vectors."""

    exact: ClassVar[bool] = False
    suffix: ClassVar[str] = "faiss"

    def __init__(self, index: Any, text: str) -> None:
        """Use `build` or `load`.

        Raises:
            XqgError: parameters of the search that the index does not have.
        """
        _set(index, text)
        self._index = index
        self.factory = text

    @classmethod
    def check(cls, text: str, dimension: int, rows: int) -> None:
        """Refuse a factory string before hours of work lead to it.

        Raises:
            XqgError: Faiss does not know it, it does not fit the dimension or does not compare by inner
                product, a search parameter that such an index does not have, or fewer passages than it
                needs to be trained on.
        """
        if text.partition(":")[0].strip() in (FLAT, ""):
            FlatEngine.check(text, dimension, rows)
        index = _made(text, dimension)
        _set(index, text)
        least = LEAST * _centroids(index, text)
        if rows < least:
            raise XqgError(
                f"engine {text!r} needs at least {least:,} passages to be trained on, there are {rows:,}; use one "
                "with fewer lists, HNSW32 or Flat"
            )

    @classmethod
    def build(cls, vectors: Floats, text: str) -> FactoryEngine:
        """An engine over vectors of shape (passages, dimension), trained on some of them.

        Raises:
            XqgError: as `check`, or Faiss cannot train it on these.
        """
        cls.check(text, vectors.shape[1], len(vectors))
        index = _made(text, vectors.shape[1])
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        number = len(vectors)
        try:
            if not index.is_trained:
                number = min(number, MOST * max(_centroids(index, text), CENTROIDS))
                chosen = np.linspace(0, len(vectors) - 1, number).astype(np.int64)
                index.train(vectors if number == len(vectors) else vectors[chosen])
            index.add(vectors)
        except (RuntimeError, MemoryError) as error:
            raise XqgError(
                f"engine {text!r}: Faiss cannot build it over {len(vectors):,} passages ({_reason(error)}); use "
                "another one, or Flat"
            ) from None
        return cls(index, text)

    @classmethod
    def load(cls, path: Path, text: str) -> FactoryEngine:
        """An engine from a file that `save` wrote.

        Raises:
            ValueError: Faiss cannot read the file.
            XqgError: parameters of the search that the index does not have.
        """
        return cls(faiss_files.read(path), text)

    def save(self, path: Path) -> None:
        """Write the index as a Faiss file.

        Raises:
            OSError: the file cannot be written.
        """
        faiss_files.write(self._index, path)

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
