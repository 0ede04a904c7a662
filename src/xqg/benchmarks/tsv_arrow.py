"""A copy in Arrow's format of the passages of a TSV file: any of them is read without the others.

The copy lies in the user's cache folder (the data may be read-only), by the file's path, size and time of
change, as two Arrow IPC files: the passages, and the hashes of their ids. They are two since a file has one
schema, and the hashes are searched as one array. Both are memory-mapped; where all passages are read in turn
they are read without a map, whose pages would stay with the process (720 MB after a million passages, not 68).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from xqg.benchmarks.tsv_rows import Fields
from xqg.errors import XqgError
from xqg.kept import atomic_path

__all__ = ["Copy", "Damaged", "id_hash", "kept_copy"]

FORMAT = 2
ROWS = 64  # passages in a batch, the part that has a checksum: few, since all are read to check one
PASSAGES = pa.schema([(name, pa.string()) for name in ("id", "text", "title")])
Rows: TypeAlias = Callable[[], Iterable[tuple[int, Fields]]]  # passages, each with the number of its line
IDS = pa.schema([("hash", pa.uint64()), ("place", pa.uint64())])


class Damaged(XqgError):
    """A copy that cannot be read, or is not what was written."""


class _Batches:
    """The record batches of an Arrow file; each is compared with its checksum when it is first read."""

    def __init__(self, source: pa.NativeFile, schema: pa.Schema, name: str) -> None:
        self._name = name
        try:
            self._reader = pa.ipc.open_file(source)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged from error
        if self._reader.schema != schema:
            raise self._damaged
        self._sound = bytearray(len(self))

    def __len__(self) -> int:
        return int(self._reader.num_record_batches)

    def __getitem__(self, number: int) -> pa.RecordBatch:
        if self._sound[number]:
            return self._reader.get_batch(number)
        try:
            batch, about = self._reader.get_batch_with_custom_metadata(number)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged from error
        if about is None or about.get(b"crc32") != _checksum(number, batch):
            raise self._damaged
        self._sound[number] = True
        return batch

    @property
    def _damaged(self) -> Damaged:
        return Damaged(f"{self._name} is damaged again and again; check the disk")


class Copy:
    """The passages of a TSV file, in its order."""

    def __init__(self, passages: pa.NativeFile, in_turn: pa.NativeFile, ids: pa.NativeFile, name: str) -> None:
        """Open the two files.

        Args:
            passages: the file to read single passages from.
            in_turn: the same, to read blocks from.
            ids: the other file.
            name: what messages call them.

        Raises:
            Damaged: they are not the two that were written, as far as that is seen without reading every passage.
        """
        self._batches = _Batches(passages, PASSAGES, name)
        self._in_turn = _Batches(in_turn, PASSAGES, name)
        ids_batches = _Batches(ids, IDS, name)
        if not len(self._batches) or len(ids_batches) != 1:
            raise self._batches._damaged
        self._ids = ids_batches[0]
        self._last: tuple[int, pa.RecordBatch] = (-1, None)
        self._length = (len(self._batches) - 1) * ROWS + self._batch(len(self._batches) - 1).num_rows
        if len(self._ids) not in (0, self._length):
            raise self._batches._damaged

    def __len__(self) -> int:
        """Number of passages."""
        return self._length

    def __getitem__(self, place: int) -> Fields:
        """The passage at a place from 0 to the length less 1.

        Raises:
            Damaged: its part of the file is not what was written; likewise the other methods.
        """
        batch = self._batch(place // ROWS)
        return Fields(*(column[place % ROWS].as_py() for column in batch.columns))

    @property
    def blocks(self) -> int:
        """Number of `block`s."""
        return len(self._batches)

    def block(self, number: int) -> list[Fields]:
        """The passages of one part of the file; all blocks in turn are all passages."""
        return list(map(Fields, *(column.to_pylist() for column in self._in_turn[number].columns)))

    def place(self, id_: str) -> int | None:
        """The place of the passage with an id; None where there is none."""
        if self.first is not None:
            number = _as_number(id_)
            return None if number is None or not 0 <= number - self.first < len(self) else number - self.first
        hashes, places = (column.to_numpy() for column in self._ids.columns)
        wanted = np.uint64(id_hash(id_))
        for row in range(*(int(np.searchsorted(hashes, wanted, side)) for side in ("left", "right"))):
            if self[int(places[row])].id == id_:
                return int(places[row])
        return None

    @cached_property
    def first(self) -> int | None:
        """The first id as a number, where ids count up from it: they need no hashes. None where they do not."""
        return None if len(self._ids) else _as_number(self[0].id)

    def _batch(self, number: int) -> pa.RecordBatch:
        last, batch = self._last
        if last != number:
            batch = self._batches[number]
            self._last = (number, batch)
        return batch


def kept_copy(path: Path, rows: Rows, *, anew: bool = False) -> Copy:
    """The copy kept for a file, else one that is made and kept.

    Where no cache folder can be written, or has room for it, it is made in memory.

    Args:
        path: the file.
        rows: reads its passages from the start, each with the number of its line.
        anew: make the copy even if one is kept.

    Raises:
        XqgError: no passage; an id that occurs twice, with file and line; what `rows` raises.
    """
    stat = path.stat()
    prefix, version = _digest(path.resolve()), _digest(FORMAT, stat.st_size, stat.st_mtime_ns)
    name = f"{prefix}-{version}"
    for folder in () if anew else _folders():
        try:
            return _opened(folder, name)
        except (OSError, Damaged):  # absent, unreadable, or not what was written
            continue
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < stat.st_size:
                continue
            with (
                atomic_path(folder / f"{name}.ids.arrow") as ids,
                atomic_path(folder / f"{name}.passages.arrow") as passages,
                pa.OSFile(str(passages), "wb") as passages_sink,
                pa.OSFile(str(ids), "wb") as ids_sink,
            ):
                _write(path, rows, passages_sink, ids_sink)
            _delete_others(folder, prefix, version)
            return _opened(folder, name)
        except (OSError, Damaged):  # read-only, or full: try the next
            continue
    sinks = pa.BufferOutputStream(), pa.BufferOutputStream()
    _write(path, rows, *sinks)
    passages, ids = (sink.getvalue() for sink in sinks)
    return Copy(pa.BufferReader(passages), pa.BufferReader(passages), pa.BufferReader(ids), str(path))


def _folders() -> Iterator[Path]:
    """The user's cache folder, then one of the user's own among temporary files."""
    base = os.environ.get("XDG_CACHE_HOME")
    yield (Path(base) if base else Path("~").expanduser() / ".cache") / "xqg"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    yield Path(tempfile.gettempdir()) / f"xqg-{user}"


def _opened(folder: Path, name: str) -> Copy:
    passages, ids = (str(folder / f"{name}.{part}.arrow") for part in ("passages", "ids"))
    return Copy(pa.memory_map(passages), pa.OSFile(passages), pa.memory_map(ids), passages)


def _delete_others(folder: Path, prefix: str, version: str) -> None:
    """Copies of what the file was before a change: they are as large as the file."""
    for other in folder.glob(f"{prefix}-*.arrow"):
        if not other.name.startswith(f"{prefix}-{version}."):
            with suppress(OSError):  # another process has it open, where that matters
                other.unlink()


def _write(path: Path, rows: Rows, passages: pa.NativeFile, ids: pa.NativeFile) -> None:
    """Read all passages and write both files.

    Raises:
        XqgError: no passage; an id that occurs twice.
    """
    hashes: array[int] = array("Q")
    with pa.ipc.new_file(passages, PASSAGES) as writer:
        source = (fields for _, fields in rows())
        blocks = iter(lambda: list(islice(source, ROWS)), [])
        first, number = None, -1
        for number, block in enumerate(blocks):
            if number == 0:
                first = _as_number(block[0].id)
            _note_ids(hashes, [fields.id for fields in block], number * ROWS, first)
            _write_batch(writer, number, PASSAGES, zip(*block, strict=True))
    if number < 0:
        raise XqgError(f"{path}: no passage in it; the file must hold rows of id TAB text TAB title")
    unsorted = np.frombuffer(hashes, dtype=np.uint64)
    order = np.argsort(unsorted, kind="stable")
    ordered = unsorted[order]
    twins = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
    if twins:  # the same id, or another one with the same hash
        _check_twins(path, rows(), twins)
    with pa.ipc.new_file(ids, IDS) as writer:
        _write_batch(writer, 0, IDS, (ordered, order.astype(np.uint64)))


def _note_ids(hashes: array[int], ids: Sequence[str], start: int, first: int | None) -> None:
    """Append the hashes of the ids from place `start` on; none as long as ids count up from `first`."""
    if not hashes:
        if first is not None and all(id_ == str(first + place) for place, id_ in enumerate(ids, start)):
            return
        hashes.extend(id_hash(str((first or 0) + place)) for place in range(start))
    hashes.extend(map(id_hash, ids))


def _write_batch(writer: pa.RecordBatchWriter, number: int, schema: pa.Schema, columns: Iterable[Any]) -> None:
    batch = pa.record_batch([pa.array(v, field.type) for v, field in zip(columns, schema, strict=True)], schema=schema)
    writer.write_batch(batch, custom_metadata={"crc32": _checksum(number, batch)})


def _checksum(number: int, batch: pa.RecordBatch) -> bytes:
    """CRC-32 of a batch's number, its shape and all its bytes, as a text."""
    value = zlib.crc32(f"{number} {batch.num_rows} {[column.null_count for column in batch.columns]}".encode())
    for column in batch.columns:
        for buffer in column.buffers():
            value = value if buffer is None else zlib.crc32(buffer, value)
    return str(value).encode()


def _check_twins(path: Path, rows: Iterable[tuple[int, Fields]], hashes: set[int]) -> None:
    """Raise an error if an id with one of these hashes occurs twice."""
    seen: set[str] = set()
    for line, fields in rows:
        if id_hash(fields.id) in hashes:
            if fields.id in seen:
                raise XqgError(f"{path}:{line}: id {fields.id!r} occurs a second time; ids must be unique")
            seen.add(fields.id)


def _as_number(id_: str) -> int | None:
    """The number that an id of up to 18 digits writes; None for any other spelling of it (`007`)."""
    return int(id_) if len(id_) <= 18 and id_.isascii() and id_.isdigit() and str(int(id_)) == id_ else None


def _digest(*parts: object) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:24]


def id_hash(id_: str) -> int:
    """64 bits of an id's BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=8).digest(), "big")
