"""Compacting an index: fewer, larger files without deleted rows, in one new version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.change import WORK, NextVersion, change
from xqg.index.checksums import seal
from xqg.index.index import StoredIndex
from xqg.index.journal import Written, entries_of, fragments_of, write_segments
from xqg.index.operations import rewritten
from xqg.index.progress import Ticker
from xqg.index.store import drop_orphans, read_batches, write_rows
from xqg.index.work import Work
from xqg.kept import locked
from xqg.progress import Listener

__all__ = ["compact_index"]

ROWS = 32_768  # of a file, as far as its vectors stay below the next
BYTES = 256_000_000
MANY = 2**31  # versions: what Lance can count


def compact_index(path: Path | str, *, keep: int | None = None, progress: Listener | None = None) -> StoredIndex:
    """Write the rows of an index into fewer files.

    Nothing that can be read changes. The versions before stay, and their files with them, unless
    `keep` says otherwise; files that belong to no version are deleted.

    Args:
        keep: of all versions keep the latest so many; what was removed before them is then gone.
        progress: told how far it is.

    Raises:
        XqgError: `keep` below 1, another writer at work, another change unfinished.
    """
    path = Path(path)
    if keep is not None and keep < 1:
        raise XqgError(f"`keep` is {keep}; keep 1 version or more")

    def make(index: StoredIndex, work: Work) -> NextVersion | None:
        index.check_data(again=True)  # what is written anew gets checksums of its own
        pieces = list(_pieces(index))
        fragments = index.dataset.get_fragments()
        if len(pieces) >= len(fragments) and not any(one.num_deletions for one in fragments):
            return None
        ticker = Ticker(progress, len(index))

        def write(piece: _Piece, _: dict[str, int]) -> Written:
            import pyarrow as pa

            batches = read_batches(
                index.dataset, index.schema.names, index.path, offset=piece.start, limit=piece.size
            )
            table = pa.Table.from_batches(batches).cast(index.schema)
            return Written.of(index.path, write_rows(index.path, table))

        done = write_segments(work, index.path, pieces, write, ticker)
        new = fragments_of(done)
        operation = rewritten([fragment.metadata for fragment in fragments], new)
        return NextVersion(operation, {"files": len(new)}, entries_of(done))

    index = change(path, {"command": "compact"}, make)
    with locked(path, f"{path}: another process is changing it; run `xqg compact` again when it is done"):
        if Work.pending(path / WORK) is None:
            drop_orphans(index.dataset, None if keep is None else min(keep, MANY))
            seal(path, index.version)
    return index


@dataclass
class _Piece:
    """Rows of one new file; `blocks` are none, since nothing is generated."""

    start: int
    size: int
    blocks: list[int]


def _pieces(index: StoredIndex) -> Iterator[_Piece]:
    """Rows in files of about `ROWS`, cut between blocks: a block's queries are generated together."""
    target = max(1, min(ROWS, BYTES // index.manifest.stored_bytes))
    start = row = 0
    before: int | None = None
    for batch in read_batches(index.dataset, [columns.BLOCK], index.path):
        for block in batch.column(0).to_pylist():
            if row - start >= target and block != before:
                yield _Piece(start, row - start, [])
                start = row
            before, row = block, row + 1
    if row > start:
        yield _Piece(start, row - start, [])
