"""The segments of a change that writes rows: each is on the disk and listed before the next begins.

WORK/segments has a file for each segment that is finished, named by the passages that it holds
(`000001024-000002048.json`: the second 1,024). It lists what was written, with checksums, so that what
goes on after a kill is what was written and nothing else. These files are all the journal there is.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from xqg.index.checksums import Entry, settle
from xqg.index.progress import Ticker
from xqg.index.store import files_of, lance
from xqg.index.work import QUERIES, Work
from xqg.kept import keep_bytes, kept_bytes, sha256_of

__all__ = ["SEGMENTS", "Written", "entries_of", "fragments_of", "rows_of", "write_segments"]

SEGMENTS = "segments"


class _Rows(Protocol):
    @property
    def blocks(self) -> list[int]: ...
    @property
    def size(self) -> int: ...


Item = TypeVar("Item", bound=_Rows)


@dataclass
class Written:
    """What was written of a segment.

    Attributes:
        fragments: uncommitted.
        files: the new ones among their files.
        queries: number of new queries that count, where languages are added.
        bad: passages left out: their ids and reasons.
        ties: what the filter `best` must know of this segment and those before it.
    """

    fragments: list[Any]
    files: dict[str, Entry]
    queries: int = 0
    bad: list[dict[str, str]] = field(default_factory=list)
    ties: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, fragments: list[Any], known: Iterable[str] = (), **facts: Any) -> Written:
        """What was written into the index in `folder`, settled on the disk. `known` files were there before."""
        names = {name for fragment in fragments for name in files_of(fragment)} - set(known)
        return cls(fragments, settle(folder, sorted(names)), **facts)

    def save(self, path: Path) -> None:
        """Write the segment's file: its first line is the SHA-256 of the rest.

        Raises:
            OSError: it cannot be written.
        """
        fragments = [fragment.to_json() for fragment in self.fragments]
        facts = {"queries": self.queries, "bad": self.bad, "ties": self.ties}
        row = {"fragments": fragments, "files": self.files, **facts}
        body = json.dumps(row, ensure_ascii=False).encode()
        keep_bytes(path, body, sync=True)

    @classmethod
    def load(cls, path: Path, folder: Path) -> Written | None:
        """What `save` wrote, if it and the files that it lists are as they were written; else None."""
        try:
            body = kept_bytes(path)
            if body is None:
                return None
            row = json.loads(body)
            files = {name: (size, sha) for name, (size, sha) in row["files"].items()}
            if any(sha256_of(folder / name) != sha for name, (_, sha) in files.items()):
                return None
        except (OSError, ValueError):
            return None
        lance()
        from lance.fragment import FragmentMetadata

        fragments = [FragmentMetadata.from_json(json.dumps(one)) for one in row["fragments"]]
        return cls(fragments, files, row["queries"], row["bad"], row["ties"])


def fragments_of(done: Iterable[Written]) -> list[Any]:
    """The fragments of all segments, in the order of their rows."""
    return [fragment for segment in done for fragment in segment.fragments]


def rows_of(done: Iterable[Written]) -> int:
    """Number of rows that were written."""
    return sum(fragment.physical_rows for fragment in fragments_of(done))


def entries_of(done: Iterable[Written]) -> dict[str, Entry]:
    """The new files of all segments."""
    return {name: entry for segment in done for name, entry in segment.files.items()}


def write_segments(
    work: Work,
    folder: Path,
    segments: Iterable[Item],
    write: Callable[[Item, dict[str, int]], Written],
    ticker: Ticker,
) -> list[Written]:
    """Write every segment, but for those that an earlier run wrote.

    Args:
        folder: of the index whose dataset is written to.
        segments: the same, in the same order, in every run.
        write: writes one; is given a copy of the `ties` of the one before.

    Raises:
        XqgError: a segment's file cannot be written.
    """
    done: list[Written] = []
    start = 0
    for segment in segments:
        path = work.folder / SEGMENTS / f"{start:09d}-{start + segment.size:09d}.json"
        start += segment.size
        written = Written.load(path, folder)
        if written is not None:
            ticker.skip(segment.size)
        else:
            written = write(segment, dict(done[-1].ties) if done else {})
            written.save(path)
            for block in set(segment.blocks):  # the rows hold them now
                _remove(work.folder / QUERIES / str(block))
            ticker.passages(segment.size)
        done.append(written)
    return done


def _remove(folder: Path) -> None:
    """Remove a folder at once: half of one would not be known for what it is."""
    gone = folder.with_name(f"{folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    try:
        os.replace(folder, gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)
