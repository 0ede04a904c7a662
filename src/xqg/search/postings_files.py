"""Postings kept in files, `cache/postings/`, by the data that they were counted from. Only a cache.

A file holds the postings of one column over some segments of an index (groups of rows in files that never
change). A segment's key is the SHA-256 of the data file that holds the column: whatever version of the index
reads that file finds its postings here, and damaged data has another key than sound data.

The first line is the SHA-256 of the rest, the second says in JSON what the file holds, then the arrays follow,
compressed. A file whose SHA-256 is wrong is as good as none.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xqg.kept import keep_bytes, kept_bytes
from xqg.search.ngrams import BIGRAM, FOUR_GRAM
from xqg.search.postings import Postings

__all__ = ["BETWEEN", "FOLDER", "Segments", "damaged_files", "drop", "listed", "read", "write"]

FOLDER = "postings"
FORMAT = {"format": 1, "ngrams": [BIGRAM, FOUR_GRAM]}
ABANDONED = 3600  # seconds after which an unfinished write is taken for one that was killed
SUFFIX = ".postings"
BETWEEN = "+"  # SHA-256s of a key, where a column lies in several files


@dataclass(frozen=True)
class Segments:
    """Whose postings a file holds.

    Attributes:
        column: `text` (title and text), or one of generated queries.
        keys: of the segments, in the order of their rows.
        rows: of each segment, deleted ones included.
    """

    column: str
    keys: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def name(self) -> str:
        """Of the file: the same segments are in the same file."""
        text = json.dumps([FORMAT, self.column, self.keys], sort_keys=True)
        return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}{SUFFIX}"


def write(folder: Path, segments: Segments, postings: Postings) -> None:
    """Keep the postings of segments.

    Raises:
        OSError: the file cannot be written.
    """
    import pyarrow as pa

    rows = postings.rows
    arrays = {
        "tokens": np.frombuffer("\n".join(postings.tokens).encode(), np.uint8),
        "entries": np.diff(postings.starts),
        # What is added to the row before, modulo the type's size: small numbers, of which a quarter is left.
        "steps": np.diff(rows, prepend=rows.dtype.type(0)),
        "counts": postings.counts,
    }
    with io.BytesIO() as buffer:
        for array in arrays.values():
            np.save(buffer, array, allow_pickle=False)
        body = buffer.getvalue()
    about = {
        **FORMAT,
        "column": segments.column,
        "keys": segments.keys,
        "rows": segments.rows,
        "bytes": len(body),
    }
    packed = json.dumps(about).encode() + b"\n" + pa.compress(body, codec="zstd", asbytes=True)
    keep_bytes(folder / segments.name, packed)


def listed(folder: Path) -> dict[Path, Segments]:
    """The files of a folder by what they say they hold, which `read` has yet to check."""
    found = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with path.open("rb") as file:
                file.readline()
                about = json.loads(file.readline())
            segments = Segments(about["column"], tuple(about["keys"]), tuple(about["rows"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        if {name: about.get(name) for name in FORMAT} == FORMAT and len(segments.keys) == len(segments.rows):
            found[path] = segments
    return found


def read(path: Path) -> tuple[Segments, Postings] | None:
    """What a file holds; None where it has gone, or is not what was written."""
    import pyarrow as pa

    content = _sound(path)
    if content is None:
        return None
    line, _, packed = content.partition(b"\n")
    about = json.loads(line)
    body = io.BytesIO(pa.decompress(packed, about["bytes"], codec="zstd", asbytes=True))
    tokens, entries, steps, counts = (np.load(body, allow_pickle=False) for _ in range(4))
    postings = Postings(
        tokens.tobytes().decode().split("\n") if len(tokens) else [],
        np.concatenate([[0], np.cumsum(entries)]).astype(np.int64),
        np.cumsum(steps, dtype=steps.dtype),
        counts,
        sum(about["rows"]),
    )
    return Segments(about["column"], tuple(about["keys"]), tuple(about["rows"])), postings


def _sound(path: Path) -> bytes | None:
    """A file without its first line, where that is right."""
    try:
        return kept_bytes(path)
    except OSError:
        return None


def drop(folder: Path, needed: Collection[str]) -> None:
    """Delete files of which no segment is needed any more, and what belongs to nothing.

    Args:
        needed: SHA-256 of all data files that some version may read.
    """
    known = listed(folder)
    for path in folder.iterdir():
        if path in known:
            unneeded = not any(set(key.split(BETWEEN)) <= set(needed) for key in known[path].keys)
        else:
            unneeded = _old(path)
        if unneeded:
            path.unlink(missing_ok=True)


def damaged_files(folder: Path) -> list[str]:
    """What is wrong with the files of a folder, one line each: file first."""
    if not folder.is_dir():
        return []
    problems = []
    for path in sorted(folder.iterdir()):
        if path.suffix != SUFFIX or path.name.startswith("."):
            problems += [f"{FOLDER}/{path.name} belongs to nothing"] if _old(path) else []
        elif _sound(path) is None:
            problems.append(f"{FOLDER}/{path.name} is damaged")
    return problems


def _old(path: Path) -> bool:
    """Whether nobody can be writing a file any more."""
    try:
        return time.time() - path.stat().st_mtime > ABANDONED
    except FileNotFoundError:  # finished meanwhile
        return False
