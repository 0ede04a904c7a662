"""An index opened for reading: its passages, stored vectors and fused vectors."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion, fuse
from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.counts import Counts, counts_of, query_counts
from xqg.index.integrity import check_data, check_manifest, file_digests, listed_digests, version_files
from xqg.index.manifest import Generation, Manifest
from xqg.index.notes import Notes
from xqg.index.store import (
    CACHE,
    DATASET,
    check_predicate,
    latest_version,
    message_of,
    open_dataset,
    read_batches,
    take_rows,
    take_table,
)
from xqg.passages import Passage

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["StoredIndex"]

Vectors = npt.NDArray[np.float32]


class StoredIndex:
    """One version of a stored index; rows keep the order of the passages it was built from.

    Attributes:
        path: the index folder.
        manifest: what it was made of, and the stored default weighting.
        chosen: whether it was opened at a version of somebody's choice, which no other can stand in for.
    """

    def __init__(self, path: Path, dataset: Any, manifest: Manifest, chosen: bool = False) -> None:
        """Use `StoredIndex.open`."""
        self.chosen = chosen
        self._sound = False
        self.path = path
        self.manifest = manifest
        self.dataset = dataset

    @classmethod
    def open(cls, path: Path | str, version: int | None = None, *, lost_ok: bool = False) -> StoredIndex:
        """Open an index folder at its latest version, or an earlier one.

        Changes made meanwhile do not reach an index that is open: it stays at its version.

        Args:
            lost_ok: open it even where its latest version is lost: at the latest that is there.

        Raises:
            XqgError: the folder is missing, holds no index, or one of another format; no such version;
                its latest version is lost, its manifest damaged.
        """
        path = Path(path)
        check_manifest(path, version, lost_ok)
        return cls(path, *open_dataset(path, version), chosen=version is not None)

    def latest(self) -> StoredIndex:
        """The index at its latest version: itself where there is no later one."""
        latest = latest_version(self.dataset, self.path)
        return self if latest == self.version else StoredIndex.open(self.path)

    def reopened(self) -> StoredIndex | None:
        """The index as it lies in the folder now, where that is no longer this version; else None.

        Raises:
            XqgError: there is no index any more, or it cannot be opened.
        """
        now = StoredIndex.open(self.path)
        same = (now.version, version_files(now.dataset)) == (self.version, version_files(self.dataset))
        return None if same else now

    def __len__(self) -> int:
        """Number of passages."""
        return self._size

    @cached_property
    def _size(self) -> int:
        return int(self.dataset.count_rows())

    @property
    def version(self) -> int:
        """The dataset's version: each commit makes a new one."""
        return int(self.dataset.version)

    def check_data(self, again: bool = False) -> None:
        """Check the files of the rows by their checksums; see `integrity.check_data`.

        Args:
            again: hash all of them, whatever is remembered of an earlier check.

        Raises:
            XqgError: a file that is missing or damaged.
        """
        check_data(self.path, version_files(self.dataset), again)

    @cached_property
    def data_digest(self) -> str:
        """SHA-256, in hexadecimal, of the rows' files: the same rows in the same files have the same.

        Raises:
            XqgError: a file that is missing or damaged.
        """
        return hashlib.sha256("".join(self.file_digests().values()).encode()).hexdigest()

    def file_digests(self) -> dict[str, str]:
        """File of rows, or list of deleted ones, relative to the index folder → SHA-256, in the order of the rows.

        Raises:
            XqgError: a file that is missing or damaged.
        """
        return file_digests(self.path, version_files(self.dataset))

    def listed_digests(self) -> set[str]:
        """SHA-256 of every file of the dataset, those of other versions included."""
        return listed_digests(self.path)

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the rows, without the manifest."""
        return self.dataset.schema.remove_metadata()

    @property
    def files(self) -> int:
        """Number of data files."""
        return sum(len(fragment.data_files()) for fragment in self.dataset.get_fragments())

    @cached_property
    def counts(self) -> Counts:
        """Numbers of passages and queries; reads every column of queries but their sums.

        Raises:
            XqgError: a data file that is missing or damaged.
        """
        self._check_once()
        return counts_of(self.dataset, self.manifest, self.notes.skipped, self.path)

    @cached_property
    def query_counts(self) -> dict[str, int]:
        """Language → number of generated queries that count."""
        self._check_once()
        return query_counts(self.dataset, self.manifest, self.path)

    @property
    def notes(self) -> Notes:
        """What no row can tell."""
        return Notes.from_json(self.message.get("notes"))

    @property
    def generation(self) -> Generation:
        """Where the generated queries came from."""
        return self.notes.generation or self.manifest.generation

    @property
    def next_block(self) -> int:
        """Number of the first block of passages that are added next."""
        stored = self.notes.next_block
        return stored if stored is not None else 1 + max(self.blocks(), default=-1)

    def blocks(self) -> list[int]:
        """Number of the block of each passage."""
        batches = self._batches([columns.BLOCK])
        return [block for batch in batches for block in batch.column(0).to_pylist()]

    @property
    def message(self) -> dict[str, Any]:
        """What the change that made this version says of itself; empty where that is not known."""
        return message_of(self.dataset, self.version)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the stored generated queries, sorted."""
        return self.manifest.languages

    @property
    def fields(self) -> dict[str, str]:
        """The passages' extra fields: name → type."""
        return self.manifest.fields

    @cached_property
    def _ids(self) -> list[str]:
        batches = self._batches(["id"])
        return [id_ for batch in batches for id_ in batch.column(0).to_pylist()]

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {id_: row for row, id_ in enumerate(self._ids)}

    def ids(self) -> list[str]:
        """Passage ids, one a row."""
        return list(self._ids)

    @cached_property
    def passage_languages(self) -> tuple[str, ...]:
        """Languages of the passages themselves, sorted."""
        batches = self._batches(["language"])
        return tuple(sorted({code for batch in batches for code in batch.column(0).unique().to_pylist()}))

    def passages(self, keys: Sequence[str | int]) -> list[Passage]:
        """Passages by id or row number, in the order asked.

        Raises:
            XqgError: an id or row that the index does not hold.
        """
        rows = [self._row(key) for key in keys]
        extra = list(self.manifest.fields)
        found = self._rows(rows, [*columns.TEXTS, *extra])
        return [_passage(row, extra) for row in found]

    @cached_property
    def _addresses(self) -> npt.NDArray[np.uint64]:
        """`row_addresses`, read once."""
        batches = self._batches([], with_row_address=True)
        return np.concatenate([batch.column("_rowaddr").to_numpy() for batch in batches])

    def row_addresses(self) -> npt.NDArray[np.uint64]:
        """Lance's address of each row, ascending, shape (passages,): its fragment's id · 2³² + its place in that."""
        return self._addresses

    def check_where(self, predicate: str) -> None:
        """Raise XqgError for a predicate that `rows_where` cannot evaluate."""
        check_predicate(self.dataset, predicate, [*columns.TEXTS, *self.fields])

    def rows_where(self, predicate: str) -> npt.NDArray[np.int64]:
        """Rows of passages that a predicate over their columns holds for, ascending.

        Args:
            predicate: Lance's own (DataFusion SQL): `year >= 2000 AND language = 'en'`.

        Raises:
            XqgError: a predicate that cannot be parsed, or over a column that is not there.
        """
        self.check_where(predicate)
        batches = self._batches([], with_row_address=True, filter=predicate)
        found = [batch.column("_rowaddr").to_numpy() for batch in batches]
        if not found:
            return np.zeros(0, np.int64)
        return np.searchsorted(self._addresses, np.concatenate(found)).astype(np.int64)

    def queries(self, passage_id: str) -> dict[str, list[str]]:
        """Generated queries of one passage by language, blank ones included.

        Raises:
            XqgError: an id that the index does not hold.
        """
        row = self._row(passage_id)
        names = [columns.queries_column(language) for language in self.languages]
        if not names:
            return {}
        [found] = self._rows([row], names)
        return {language: list(found[name]) for language, name in zip(self.languages, names, strict=True)}

    def counts_in(self, language: str) -> npt.NDArray[np.int32]:
        """Number of summed queries of each passage in a language, shape (passages,).

        Raises:
            XqgError: a language without stored queries.
        """
        [name] = [columns.count_column(code) for code in self.resolve([language])]
        batches = self._batches([name])
        return np.concatenate([batch.column(0).to_numpy(zero_copy_only=False) for batch in batches])

    def resolve(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The stored spelling of language codes, sorted, each once: the order in which sums are added.

        Raises:
            XqgError: a language without stored queries; the message names those available.
        """
        stored = {columns.canonical(code): code for code in self.languages}
        for code in languages:
            if columns.canonical(code) not in stored:
                available = ", ".join(self.languages) or "none"
                raise XqgError(
                    f"{self.path}: no generated queries in {code!r} are stored; choose from: {available}"
                )
        return tuple(sorted({stored[columns.canonical(code)] for code in languages}))

    def parts(self, languages: Sequence[str] | None = None) -> tuple[Vectors, list[Vectors]]:
        """Stored vectors in float32: p and one sum a language (default: all), languages sorted.

        Every array has the shape (passages, dimension).

        Raises:
            XqgError: a language without stored queries.
        """
        chosen = self.resolve(self.languages if languages is None else languages)
        blocks = list(self._blocks(chosen))
        p, *sums = (np.concatenate(arrays) for arrays in zip(*blocks, strict=True))
        return p, sums

    def parts_of(
        self, rows: npt.NDArray[np.int64], languages: Sequence[str] | None = None
    ) -> tuple[Vectors, list[Vectors]]:
        """`parts` of some rows, in the order given: every array has the shape (rows, dimension).

        Raises:
            XqgError: a language without stored queries.
        """
        chosen = self.resolve(self.languages if languages is None else languages)
        names = ["vector", *map(columns.sum_column, chosen)]
        self._check_once()
        table = take_table(self.dataset, rows, names, self.path)
        p, *sums = (columns.from_arrow(table.column(name), self.manifest.dimension) for name in names)
        return p, sums

    def fused(
        self,
        alpha: float | None = None,
        fusion: Fusion | None = None,
        languages: Sequence[str] | None = None,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> Vectors:
        """Augmented vectors, float32 of shape (passages, dimension); defaults are the stored weighting.

        `rows` (None: all) are those wanted, ascending: the shape is (rows, dimension).

        Without `languages` those of the stored weighting count. Computed block by block from the stored
        parts: equal, bit for bit, to `fuse(*parts, …)`.

        Raises:
            XqgError: α outside [0, 1], an unknown fusion, a language without stored queries.
        """
        number = len(self) if rows is None else len(rows)
        vectors = np.empty((number, self.manifest.dimension), dtype=np.float32)
        filled = 0
        for block in self.fused_blocks(alpha, fusion, languages, rows):
            vectors[filled : filled + len(block)] = block
            filled += len(block)
        return vectors

    def fused_blocks(
        self,
        alpha: float | None = None,
        fusion: Fusion | None = None,
        languages: Sequence[str] | None = None,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> Iterator[Vectors]:
        """`fused` in blocks of shape (up to some thousand rows, dimension), for those who need not hold it all.

        Raises:
            XqgError: as `fused`.
        """
        alpha = self.manifest.alpha if alpha is None else alpha
        fusion = self.manifest.fusion if fusion is None else fusion
        chosen = self.resolve(self.manifest.weighted if languages is None else languages)
        start = 0
        for p, *sums in self._blocks(chosen):
            if rows is not None:
                first, last = np.searchsorted(rows, (start, start + len(p)))
                inside = rows[first:last] - start
                start += len(p)
                p, sums = p[inside], [one[inside] for one in sums]
            yield fuse(p, sums, alpha, fusion)

    def disk_bytes(self) -> dict[str, int]:
        """Bytes on disk: of the `dataset`, and of the `cache`, which can be deleted at any time."""
        folders = {"dataset": self.path / DATASET, "cache": self.path / CACHE}
        return {
            name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            for name, folder in folders.items()
        }

    def _check_once(self) -> None:
        """Rows are read from files that were found sound, once for each object that reads them."""
        if not self._sound:
            self.check_data()
            self._sound = True

    def _batches(self, names: Sequence[str], **scan: Any) -> Iterator[pa.RecordBatch]:
        self._check_once()
        return read_batches(self.dataset, names, self.path, **scan)

    def _rows(self, rows: Sequence[int], names: Sequence[str]) -> list[dict[str, Any]]:
        self._check_once()
        return take_rows(self.dataset, rows, names, self.path)

    def _blocks(self, languages: Sequence[str]) -> Iterator[list[Vectors]]:
        names = ["vector", *map(columns.sum_column, languages)]
        for batch in self._batches(names):
            yield [columns.from_arrow(batch.column(name), self.manifest.dimension) for name in names]

    def _row(self, key: str | int) -> int:
        if isinstance(key, str):
            row = self._row_of.get(key)
            if row is None:
                raise XqgError(f"{self.path}: no passage with the id {key!r}")
            return row
        if not 0 <= key < len(self):
            raise XqgError(f"{self.path}: no passage number {key}; they go from 0 to {len(self) - 1}")
        return int(key)


def _passage(row: dict[str, Any], extra: Sequence[str]) -> Passage:
    """A passage of a row; a field without a value is left out."""
    fields = {name: row[name] for name in extra if row[name] is not None}
    passage = Passage(*(row[name] for name in columns.TEXTS))
    return dataclasses.replace(passage, fields=fields) if fields else passage
