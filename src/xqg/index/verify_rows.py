"""Checking the rows of a version: every value of every column, a few thousand rows at a time.

The columns of passages and those of each language are gone through one after another, so that
memory holds a few batches of one sum, and the ids.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.index import columns
from xqg.index.report import Problem
from xqg.index.store import read_batches
from xqg.index.versions import VersionState

if TYPE_CHECKING:
    import pyarrow as pa

    from xqg.index.manifest import Manifest

__all__ = ["check_rows", "passes"]

SHOWN = 3  # passages named in one line
SPACES = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))  # what `str.strip` takes off
ADD_AGAIN = "remove it (`xqg remove`) and add it again, or build the index again"
BUILD = "go back to a version before it (`xqg history`), or build the index again"


def passes(manifest: Manifest) -> int:
    """How often `check_rows` goes through the rows."""
    return 2 + len(manifest.languages)


def check_rows(state: VersionState, path: Path, tick: Callable[[int], None]) -> list[Problem]:
    """What is wrong in the rows of a version that can be opened.

    Args:
        tick: told the number of rows after each batch, in each of the `passes`.

    Raises:
        XqgError: the rows cannot be read.
    """
    if state.manifest is None:
        return []
    wrong = _schema(state.dataset.schema.remove_metadata(), state.manifest)
    if wrong:
        return wrong
    return _Rows(state.dataset, state.manifest, path, tick).problems()


def _schema(found: pa.Schema, manifest: Manifest) -> list[Problem]:
    """Columns whose name or type is not what the manifest makes them; their order is free."""
    wanted = columns.schema(
        manifest.languages, manifest.dimension, manifest.fields, filtered=bool(manifest.filters)
    )
    problems = []
    for name in [*wanted.names, *(name for name in found.names if name not in wanted.names)]:
        kinds = [str(one.field(name).type) if name in one.names else "none" for one in (found, wanted)]
        if kinds[0] != kinds[1]:
            what = f"is of type {kinds[0]}, and by the manifest of type {kinds[1]}"
            problems.append(Problem(f"column {name}", what, BUILD))
    return problems


class _Rows:
    """The checks, and the rows at fault by what is wrong with them."""

    def __init__(self, dataset: Any, manifest: Manifest, path: Path, tick: Callable[[int], None]) -> None:
        self._dataset = dataset
        self._manifest = manifest
        self._path = path
        self._tick = tick
        # Fields may be absent; verdicts are, in rows that were upgraded from format 2.
        self._optional = {*manifest.fields, *map(columns.verdicts_column, manifest.languages)}
        self._faults: dict[tuple[str, str], list[int]] = {}  # (what, column) → rows
        self._ids: list[pa.Array] = []

    def problems(self) -> list[Problem]:
        self._texts()
        for start, batch in self._batches(["vector"]):
            self._finite(start, batch, "vector")
        for language in self._manifest.languages:
            self._language(language)
        return [*self._repeated(), *self._named()]

    def _batches(self, names: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """(first row, rows); rows without a value where there must be one are noted."""
        start = 0
        for batch in read_batches(self._dataset, names, self._path):
            for name in names:
                if name not in self._optional:
                    self._note("has no value", name, start, np.asarray(batch.column(name).is_null()))
            yield start, batch
            start += len(batch)
            self._tick(len(batch))

    def _note(self, what: str, column: str, start: int, bad: npt.NDArray[np.bool_]) -> None:
        if bad.any():
            self._faults.setdefault((what, column), []).extend((start + np.flatnonzero(bad)).tolist())

    def _texts(self) -> None:
        names = [*columns.TEXTS, columns.BLOCK, *self._manifest.fields]  # fields: only that they can be read
        for start, batch in self._batches(names):
            ids = batch.column("id").fill_null("")
            self._ids.append(ids)
            self._note("is empty", "id", start, ~_solid(ids))
            self._note("is empty", "text", start, ~_solid(batch.column("text").fill_null("")))

    def _finite(self, start: int, batch: pa.RecordBatch, name: str) -> npt.NDArray[np.uint16] | None:
        """The bits of a column of float16 vectors; None where some are absent."""
        if batch.column(name).null_count:
            return None  # noted already
        values = batch.column(name).flatten()
        if values.null_count:
            absent: Any = np.asarray(values.is_null()).reshape(len(batch), -1)
            self._note("has no value", name, start, absent.any(axis=1))
            return None
        bits = values.to_numpy(zero_copy_only=False).view(np.uint16).reshape(len(batch), -1)
        # All bits of the exponent are 1: many times faster than np.isfinite of float16.
        endless = (bits & 0x7C00) == 0x7C00
        if endless.any():
            self._note("is not finite (NaN or infinity)", name, start, endless.any(axis=1))
        return bits

    def _language(self, language: str) -> None:
        queries, summed = columns.queries_column(language), columns.sum_column(language)
        count, removed = columns.count_column(language), columns.removed_column(language)
        verdicts, filtered = columns.verdicts_column(language), bool(self._manifest.filters)
        for start, batch in self._batches([queries, summed, count, verdicts, *([removed] if filtered else [])]):
            texts, solid = _numbers(batch.column(queries))
            stored = batch.column(count).fill_null(-1).to_numpy(zero_copy_only=False)
            wrong: npt.NDArray[np.bool_] = np.not_equal(stored, solid)
            self._note(f"is not the number of queries in {queries}", count, start, wrong)
            bits = self._finite(start, batch, summed)
            if bits is not None:
                none = (stored == 0) & (bits & 0x7FFF).any(axis=1)
                self._note(f"is not zero, though {count} is 0", summed, start, none)
            if filtered:
                texts = texts + _numbers(batch.column(removed))[0]
            self._judged(start, batch, verdicts, texts)

    def _judged(self, start: int, batch: pa.RecordBatch, name: str, texts: npt.NDArray[np.int64]) -> None:
        """There is a verdict for each text; none at all in rows from before format 3."""
        import pyarrow.compute as pc

        numbers = pc.list_value_length(batch.column(name)).fill_null(-1).to_numpy(zero_copy_only=False)
        self._note("has not one verdict a query", name, start, (numbers >= 0) & (numbers != texts))

    def _repeated(self) -> list[Problem]:
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._ids:
            return []
        counted = pa.chunked_array(self._ids).value_counts()
        more = counted.filter(pc.greater(counted.field("counts"), 1)).field("values").to_pylist()
        more = [id_ for id_ in more if id_]  # an empty one is told by itself
        return [Problem(_passages(more), "is the id of more than one row", ADD_AGAIN)] if more else []

    def _named(self) -> list[Problem]:
        import pyarrow as pa

        ids = pa.chunked_array(self._ids, pa.string())
        problems = []
        for (what, column), rows in self._faults.items():
            named = [ids[row].as_py() or f"(row {row})" for row in rows[:SHOWN]]
            where = f"{_passages(named, len(rows))}, column {column}"
            problems.append(Problem(where, what, BUILD if column == "id" else ADD_AGAIN))
        return problems


def _passages(ids: Sequence[str], number: int | None = None) -> str:
    number = len(ids) if number is None else number
    more = f" and {number - SHOWN} more" if number > SHOWN else ""
    return ("passage " if number == 1 else "passages ") + ", ".join(map(repr, ids[:SHOWN])) + more


def _solid(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts are not blank, as `str.strip` judges."""
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim(texts, characters=SPACES)
    return pc.greater(pc.binary_length(trimmed), 0).to_numpy(zero_copy_only=False)


def _numbers(lists: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Of each row, how many texts it has and how many of these are not blank."""
    import pyarrow.compute as pc

    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    texts = lists.flatten()
    if not len(texts):
        return lengths, np.zeros(len(lists), np.int64)
    owners = np.repeat(np.arange(len(lists)), lengths)
    return lengths, np.bincount(owners[_solid(texts.fill_null(""))], minlength=len(lists))
