"""The passage vectors that queries are to find their own among, in files: a pool larger than memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.index import StoredIndex
from xqg.index.segment import Maker, Segment, halves
from xqg.index.store import read_batches
from xqg.kept import add_digest, atomic_path, kept_array
from xqg.queries.filter import PoolFilter, QueryFilter

__all__ = ["Part", "PoolVectors", "encoded", "over", "stored"]

Floats = npt.NDArray[np.floating]
STORED = "index.npy"  # beside the files of segments, which are named by number


@dataclass(frozen=True)
class Part:
    """One file of a pool.

    Attributes:
        path: of a float32 or float16 array of shape (rows, dimension).
        ids: of the passages in the pool.
        rows: theirs in the file; None: all.
    """

    path: Path
    ids: list[str]
    rows: npt.NDArray[np.intp] | None = None


class PoolVectors:
    """Rows of several files, one after another, of which a slice is read at a time."""

    def __init__(self, parts: Iterable[Part], dtype: npt.DTypeLike) -> None:
        """Of whole files; `dtype` is what rows are given in."""
        self.dtype = np.dtype(dtype)
        self.parts = list(parts)
        self._ends = np.cumsum([len(part.ids) for part in self.parts])

    def __len__(self) -> int:
        """Number of rows."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def __getitem__(self, wanted: slice) -> Floats:
        """Rows from one number to another, shape (rows, dimension).

        Raises:
            XqgError: a file has gone.
        """
        start, stop, _ = wanted.indices(len(self))
        first, last = np.searchsorted(self._ends, [start, max(start, stop - 1)], side="right")
        found = []
        for part, end in zip(self.parts[first : last + 1], self._ends[first : last + 1], strict=True):
            before = int(end) - len(part.ids)
            rows = slice(max(start - before, 0), stop - before)
            array = kept_array(part.path, mapped=True)
            if array is None:
                raise XqgError(f"{part.path}: damaged or gone; run the same command again")
            found.append(array[rows if part.rows is None else part.rows[rows]].astype(self.dtype))
        return np.concatenate(found)


def encoded(maker: Maker, pieces: Iterable[Segment]) -> list[Part]:
    """Have the vectors of all passages in `maker.folder`; bad ones are not in the pool.

    Raises:
        XqgError: a value that float16 cannot hold, unless `maker.skip_bad`; vectors of a wrong shape.
    """
    parts = []
    for segment in pieces:
        _, bad = halves(maker.passage_vectors(segment), "vector")
        maker.check(segment, bad)
        good = [row for row in range(len(segment.passages)) if row not in bad]
        ids = [segment.passages[row].id for row in good]
        parts.append(Part(maker.file_of(segment), ids, np.array(good, np.intp) if bad else None))
    return parts


def stored(index: StoredIndex, folder: Path, without: Collection[str] = frozenset()) -> Part:
    """Have the passage vectors of an index in a file in `folder`, float16, but for some ids."""
    ids = [id_ for id_ in index.ids() if id_ not in without]
    path, shape = folder / STORED, (len(ids), index.manifest.dimension)
    kept = kept_array(path, mapped=True)
    if kept is None or kept.shape != shape:
        with atomic_path(path) as temporary:
            array = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.float16, shape=shape)
            start = 0
            for batch in read_batches(index.dataset, ["id", "vector"], index.path):
                stays = np.array([id_ not in without for id_ in batch.column("id").to_pylist()], bool)
                vectors = columns.from_arrow(batch.column("vector"), shape[1])[stays]
                array[start : start + len(vectors)] = vectors
                start += len(vectors)
            array.flush()
            del array
            add_digest(temporary)
    return Part(path, ids)


def over(filter_: PoolFilter, parts: Iterable[Part], dtype: npt.DTypeLike, fusion: Fusion) -> QueryFilter:
    """The filter for a pool in files."""
    vectors = PoolVectors(parts, dtype)
    ids = [id_ for part in vectors.parts for id_ in part.ids]
    return filter_.over(cast(Floats, vectors), ids, fusion == "normalised")
