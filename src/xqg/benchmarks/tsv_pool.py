"""Passages of a DPR-style TSV file, read from it row by row: 18 million do not fit in memory.

The first use goes through the file once, checks every row and notes where each begins; the notes are
kept in the user's cache folder (the data may be read-only), by the file's path, size and time of
change.
"""

from __future__ import annotations

import hashlib
import mmap
import operator
from array import array
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from xqg.benchmarks.pool import Pool
from xqg.benchmarks.tsv_notes import Notes, kept_notes
from xqg.benchmarks.tsv_rows import Row, read_columns, rows, to_passage
from xqg.errors import XqgError
from xqg.passages.records import Passage

__all__ = ["TsvPool"]


class TsvPool(Pool):
    """The passages of a file, all in one language. Iterating reads the file once and keeps nothing."""

    def __init__(self, path: Path, language: str) -> None:
        """Open a file; only its header is read now.

        Raises:
            XqgError: no such file, an empty one, a header that lacks a column.
        """
        if not path.is_file():
            raise XqgError(f"{path}: no such file; give a TSV file of passages (id, text, title)")
        self.path = path
        self.language = language
        self._columns = read_columns(path)

    @property
    def languages(self) -> tuple[str, ...]:
        """The one language."""
        return (self.language,)

    @property
    def known_length(self) -> int | None:
        """Number of passages, once the file was gone through."""
        return len(self) if "notes" in self.__dict__ else None

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """Passage id → passage; ids that count up from some number need no index."""
        return _ById(self)

    def __len__(self) -> int:
        """Number of passages.

        Raises:
            XqgError: at the first use, with file and line: a malformed row, an id that occurs twice.
        """
        return len(self.notes.starts) - 1

    def __iter__(self) -> Iterator[Passage]:
        for row in rows(self.path, self._columns):
            yield to_passage(self.path, row, self._columns, self.language)

    @overload
    def __getitem__(self, place: int) -> Passage: ...
    @overload
    def __getitem__(self, place: slice) -> list[Passage]: ...
    def __getitem__(self, place: int | slice) -> Passage | list[Passage]:
        """A passage by its place in the file; of a slice, a list.

        Raises:
            IndexError: there is no such place.
        """
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = operator.index(place)
        number += len(self) if number < 0 else 0
        if not 0 <= number < len(self):
            raise IndexError(f"no passage {place}; there are {len(self)}")
        start, end = (int(offset) for offset in self.notes.starts[number : number + 2])
        # The line's number is not kept; a row that was good when the file was gone through is good.
        row = Row(number + 1 + self._columns.header, start, self._bytes[start:end])
        return to_passage(self.path, row, self._columns, self.language)

    @cached_property
    def notes(self) -> Notes:
        """Where the rows are, and their ids."""
        return kept_notes(self.path, self._note)

    @cached_property
    def _bytes(self) -> mmap.mmap:
        with self.path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def _note(self) -> Notes:
        """Go through the file."""
        starts = array("Q")
        first: int | None = None
        in_order = True
        for number, row in enumerate(rows(self.path, self._columns)):
            id_ = to_passage(self.path, row, self._columns, self.language).id
            if number == 0:
                first = _as_number(id_)
            in_order = in_order and first is not None and id_ == str(first + number)
            starts.append(row.start)
        if not starts:
            raise XqgError(f"{self.path}: no passage in it; the file must hold rows of id TAB text TAB title")
        starts.append(self.path.stat().st_size)
        places = np.frombuffer(starts, dtype=np.uint64)
        if in_order:
            return Notes(places, np.zeros((2, 0), dtype=np.uint64))
        return Notes(places, self._hashed())

    def _hashed(self) -> npt.NDArray[np.uint64]:
        """Hashes of the ids, sorted, and their rows, shape (2, passages).

        Raises:
            XqgError: an id that occurs twice.
        """
        hashes = np.array([id_hash(passage.id) for passage in self], dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        twins = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        if twins:  # the same id, or another one with the same hash
            seen: set[str] = set()
            for row in rows(self.path, self._columns):
                id_ = to_passage(self.path, row, self._columns, self.language).id
                if id_hash(id_) in twins:
                    if id_ in seen:
                        raise XqgError(
                            f"{self.path}:{row.line}: id {id_!r} occurs a second time; ids must be unique"
                        )
                    seen.add(id_)
        return np.stack([hashes, order.astype(np.uint64)])


class _ById(Mapping[str, Passage]):
    """Passages by id."""

    def __init__(self, pool: TsvPool) -> None:
        self._pool = pool

    def __len__(self) -> int:
        return len(self._pool)

    def __iter__(self) -> Iterator[str]:
        first = self._first
        if first is None:
            return (passage.id for passage in self._pool)
        return map(str, range(first, first + len(self._pool)))

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and self._row(id_) is not None

    def __getitem__(self, id_: str) -> Passage:
        row = self._row(id_)
        if row is None:
            raise KeyError(id_)
        return self._pool[row]

    @cached_property
    def _first(self) -> int | None:
        """The first id, where ids count up from it."""
        return None if self._pool.notes.ids.size else _as_number(self._pool[0].id)

    def _row(self, id_: str) -> int | None:
        first = self._first
        if first is not None:
            number = _as_number(id_)
            return None if number is None or not 0 <= number - first < len(self) else number - first
        hashes, order = self._pool.notes.ids
        wanted = np.uint64(id_hash(id_))
        for place in range(*(int(np.searchsorted(hashes, wanted, side)) for side in ("left", "right"))):
            if self._pool[int(order[place])].id == id_:
                return int(order[place])
        return None


def _as_number(id_: str) -> int | None:
    """The number that an id writes; None for any other spelling of it (`007`)."""
    return int(id_) if id_.isascii() and id_.isdigit() and str(int(id_)) == id_ else None


def id_hash(id_: str) -> int:
    """64 bits of an id's BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=8).digest(), "big")
