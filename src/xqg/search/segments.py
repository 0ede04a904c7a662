"""Postings of an index's segments: from the cache, or counted and cached.

A segment is one fragment of the Lance dataset: rows in files that never change. Deleted rows stay in them and
are counted with the others; which rows a version has is seen when postings are added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.columns import queries_column
from xqg.index.store import CACHE, files_of, read_batches
from xqg.search import postings_files
from xqg.search.postings import Part, Postings
from xqg.search.postings_files import BETWEEN, Segments
from xqg.search.ranking import Rows

__all__ = ["postings_of"]

TEXT = "text"  # stands for title and text
GROUP = 32_768  # rows counted at once, and kept in one file: bounds memory


def postings_of(index: StoredIndex, languages: Sequence[str]) -> list[Part]:
    """Postings of title and text and of the queries in some languages.

    What had to be counted is kept in the cache. A folder that cannot be written is no error.

    Raises:
        XqgError: the index cannot be read, or its data are damaged.
    """
    data = _Data(index)
    parts: list[Part] = []
    for column in (TEXT, *map(queries_column, languages)):
        parts += _parts(data, column)
    if data.wrote:
        data.drop()
    return parts


@dataclass(frozen=True)
class _Segment:
    """One fragment, as far as one column is concerned.

    Attributes:
        key: SHA-256 of the file that holds the column (of several, one after the other).
        rows: number of all rows.
        places: row of the version that each is, shape (rows,); -1 where it is deleted.
    """

    fragment: Any
    key: str
    rows: int
    places: Rows


def _parts(data: _Data, column: str) -> Iterator[Part]:
    """Postings that together hold a column of every row once."""
    missing: dict[str, list[_Segment]] = defaultdict(list)  # segments may hold the same data
    for segment in data.segments(column):
        missing[segment.key].append(segment)
    for path, held in postings_files.listed(data.folder).items():
        if held.column != column or not missing.keys() & set(held.keys):
            continue
        found = postings_files.read(path)
        if found is not None:
            held, postings = found
            wanted = [missing.pop(key, []) for key in held.keys]
            yield from _placed(postings, held, wanted)
    for group in _groups([segments[0] for segments in missing.values()]):
        held = Segments(column, tuple(one.key for one in group), tuple(one.rows for one in group))
        postings = Postings.of(data.texts(column, group))
        if postings.texts != sum(held.rows):
            raise XqgError(f"{data.index.path}: {postings.texts} rows where {sum(held.rows)} are; see `xqg verify`")
        data.keep(held, postings)
        yield from _placed(postings, held, [missing[key] for key in held.keys])


def _placed(postings: Postings, held: Segments, wanted: Sequence[Sequence[_Segment]]) -> Iterator[Part]:
    """Parts of postings, one for each time that the same data stands in the index.

    Args:
        wanted: for each of the segments held those that have its data.
    """
    for turn in range(max(map(len, wanted))):
        places = [
            segments[turn].places if turn < len(segments) else np.full(rows, -1, np.int64)
            for segments, rows in zip(wanted, held.rows, strict=True)
        ]
        yield Part(postings, np.concatenate(places))


def _groups(segments: Sequence[_Segment]) -> Iterator[list[_Segment]]:
    """Segments in groups of up to `GROUP` rows, at least one."""
    group: list[_Segment] = []
    for segment in segments:
        if group and sum(one.rows for one in group) + segment.rows > GROUP:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _names(column: str) -> list[str]:
    """Columns of the dataset."""
    return ["title", "text"] if column == TEXT else [column]


def _numbers(field: Any) -> list[int]:
    """Lance's numbers of a field and those in it: files list those that hold values."""
    return [field.id(), *(number for child in field.children() for number in _numbers(child))]


class _Data:
    """The data files of one version, and the postings beside them.

    Attributes:
        wrote: whether postings were kept.
    """

    def __init__(self, index: StoredIndex) -> None:
        """The files are compared with their checksums; no row is read."""
        self.index = index
        self.folder = index.path / CACHE / postings_files.FOLDER
        self.wrote = False
        self._digests = index.file_digests()

    def segments(self, column: str) -> Iterator[_Segment]:
        """Every segment, with the key of its data.

        Raises:
            XqgError: a data file cannot be read.
        """
        schema = self.index.dataset.lance_schema
        fields = {number for name in _names(column) for number in _numbers(schema.field(name))}
        for fragment, places in self._fragments:
            described = fragment.metadata
            named = zip(files_of(described), described.files, strict=True)
            files = [path for path, one in named if fields & set(one.fields)]
            key = BETWEEN.join(self._digests[file] for file in files)
            yield _Segment(fragment, key, len(places), places)

    @cached_property
    def _fragments(self) -> list[tuple[Any, Rows]]:
        """Each fragment with the row of the version that each of its rows is; -1 where it is deleted."""
        addresses = self.index.row_addresses()
        found = []
        for fragment in self.index.dataset.get_fragments():
            first = np.uint64(fragment.fragment_id << 32)
            start, stop = np.searchsorted(addresses, [first, first + np.uint64(1 << 32)])
            places = np.full(fragment.physical_rows, -1, np.int64)
            places[(addresses[start:stop] - first).astype(np.int64)] = np.arange(start, stop)
            found.append((fragment, places))
        return found

    def texts(self, column: str, segments: Sequence[_Segment]) -> Iterator[str]:
        """Of every row of some segments, deleted ones included: title and text, or the queries."""
        names = _names(column)
        batches = read_batches(
            self.index.dataset,
            names,
            self.index.path,
            fragments=[one.fragment for one in segments],
            include_deleted_rows=True,
            with_row_id=True,  # without it Lance refuses to read deleted rows
        )
        for batch in batches:
            columns = [batch.column(name).to_pylist() for name in names]
            yield from map(" ".join, zip(*columns, strict=True) if column == TEXT else columns[0])

    def keep(self, held: Segments, postings: Postings) -> None:
        """Have postings in the cache."""
        try:
            postings_files.write(self.folder, held, postings)
            self.wrote = True
        except OSError:
            return

    def drop(self) -> None:
        """Delete postings of data files that are in the index no more, of whatever version."""
        try:
            postings_files.drop(self.folder, {*self.index.listed_digests(), *self._digests.values()})
        except OSError:
            return
