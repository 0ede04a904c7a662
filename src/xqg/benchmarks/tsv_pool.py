"""Passages of a DPR-style TSV file that are not held in memory: there are 18 million of XOR-TyDi's.

The first use goes through the file once, checks every row and writes what it holds into an Arrow file
(`tsv_arrow.py`), which all later uses read.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar, overload

from xqg.benchmarks.pool import Pool
from xqg.benchmarks.tsv_arrow import Copy, Damaged, kept_copy
from xqg.benchmarks.tsv_rows import Fields, read_columns, read_passages
from xqg.errors import XqgError
from xqg.passages.records import Passage

__all__ = ["TsvPool"]

T = TypeVar("T")


class TsvPool(Pool):
    """The passages of a file, all in one language. Iterating holds a few of them at a time."""

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
        return len(self) if "copy" in self.__dict__ else None

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """Passage id → passage; ids that count up from some number need no index."""
        return _ById(self)

    def __len__(self) -> int:
        """Number of passages.

        Raises:
            XqgError: at the first use, with file and line: a malformed row, an id that occurs twice.
        """
        return len(self.copy)

    def __iter__(self) -> Iterator[Passage]:
        for number in range(self.copy.blocks):
            for fields in self.read(operator.methodcaller("block", number)):
                yield self._passage(fields)

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
        return self._passage(self.read(lambda copy: copy[number]))

    @cached_property
    def copy(self) -> Copy:
        """The passages in Arrow's format."""
        return kept_copy(self.path, self._rows)

    def read(self, what: Callable[[Copy], T]) -> T:
        """Something of the copy, which is made anew where it turns out to be damaged.

        Raises:
            XqgError: it is damaged once more, or the TSV file can no longer be read.
        """
        try:
            return what(self.copy)
        except Damaged:
            self.copy = kept_copy(self.path, self._rows, anew=True)
            return what(self.copy)

    def _rows(self) -> Iterable[tuple[int, Fields]]:
        return read_passages(self.path, self._columns)

    def _passage(self, fields: Fields) -> Passage:
        return Passage(fields.id, fields.title, fields.text, self.language)


class _ById(Mapping[str, Passage]):
    """Passages by id."""

    def __init__(self, pool: TsvPool) -> None:
        self._pool = pool

    def __len__(self) -> int:
        return len(self._pool)

    def __iter__(self) -> Iterator[str]:
        first = self._pool.copy.first
        if first is None:
            return (passage.id for passage in self._pool)
        return map(str, range(first, first + len(self._pool)))

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and self._place(id_) is not None

    def __getitem__(self, id_: str) -> Passage:
        place = self._place(id_)
        if place is None:
            raise KeyError(id_)
        return self._pool[place]

    def _place(self, id_: str) -> int | None:
        return self._pool.read(lambda copy: copy.place(id_))
