"""Spans kept on disk, so that a pair of question and passage is read once: by an interrupted
comparison, by other arms that found the same passage, by questions in other languages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.passages.records import Passage
from xqg.progress import tracked
from xqg.reading.reader import Reader
from xqg.reading.span import Span

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AnswerCache"]

BLOCK = 512  # pairs read between two writes: what an interruption costs
_COLUMNS = ("key", "start", "end", "score")
_DIGEST = b"xqg.sha256"


class AnswerCache:
    """A folder of parquet files of spans, one per block of pairs.

    A pair's key is the SHA-256 of reader, its settings, question, passage id and text: another
    reader's spans are never mistaken for this one's. A file's metadata has the SHA-256 of its columns.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._kept: dict[bytes, tuple[int, int, float]] | None = None

    def read(self, reader: Reader, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        """The best span of each pair, as `Reader.read`: kept ones, others read now and kept."""
        kept = self._kept = self._load() if self._kept is None else self._kept
        settings = _settings(reader)
        keys = [_key(settings, question, passage) for question, passage in pairs]
        missing = list({key: place for place, key in enumerate(keys) if key not in kept}.values())
        missing.sort(key=lambda place: len(pairs[place][1].text))  # like lengths share a block: less padding
        for block in tracked([missing[start : start + BLOCK] for start in range(0, len(missing), BLOCK)], "reading"):
            spans = reader.read([pairs[place] for place in block])
            rows = {
                keys[place]: (span.start, span.end, span.score)
                for place, span in zip(block, spans, strict=True)
            }
            self._write(rows)
            kept.update(rows)
        found = []
        for key, (_, passage) in zip(keys, pairs, strict=True):
            first, end, score = kept[key]
            found.append(Span(passage.text[first:end], passage.id, first, end, score))
        return found

    def _load(self) -> dict[bytes, tuple[int, int, float]]:
        import pyarrow.lib
        import pyarrow.parquet as pq

        found: dict[bytes, tuple[int, int, float]] = {}
        for path in sorted(self.folder.glob("*.parquet")):
            try:
                table = pq.read_table(path)
                digest = (table.schema.metadata or {}).get(_DIGEST)
                if digest not in (None, _digest(table)):  # None: written by an earlier version
                    raise ValueError(digest)
                columns = table.to_pydict()
                found.update(
                    (key, (start, end, score))
                    for key, start, end, score in zip(*(columns[c] for c in _COLUMNS), strict=True)
                )
            except (OSError, KeyError, ValueError, pyarrow.lib.ArrowException):
                raise XqgError(f"{path}: damaged; delete it, its pairs are then read again") from None
        return found

    def _write(self, rows: dict[bytes, tuple[int, int, float]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        values = list(zip(*rows.values(), strict=True))
        table = pa.table(
            {
                "key": pa.array(list(rows), pa.binary(32)),
                "start": pa.array(values[0], pa.int32()),
                "end": pa.array(values[1], pa.int32()),
                "score": pa.array(values[2], pa.float64()),
            }
        )
        name = hashlib.sha256(b"".join(rows)).hexdigest()[:16]
        with atomic_path(self.folder / f"{name}.parquet") as temporary:
            pq.write_table(table.replace_schema_metadata({_DIGEST: _digest(table)}), temporary)


def _digest(table: pa.Table) -> bytes:
    """SHA-256 of the columns, in hexadecimal."""
    digest = hashlib.sha256()
    for name in _COLUMNS:
        for value in table[name].to_pylist():
            digest.update(value if isinstance(value, bytes) else repr(value).encode() + b"\0")
    return digest.hexdigest().encode()


def _settings(reader: Reader) -> bytes:
    """The part of a key that all pairs share; a reader is the same under another name."""
    return _framed(repr(sorted((k, v) for k, v in reader.settings().items() if k != "name")))


def _key(settings: bytes, question: str, passage: Passage) -> bytes:
    parts = (_framed(part) for part in (question, passage.id, passage.text))
    return hashlib.sha256(settings + b"".join(parts)).digest()


def _framed(part: str) -> bytes:
    """With its length before it: `ab`, `c` and `a`, `bc` are to differ when they are joined."""
    data = part.encode()
    return len(data).to_bytes(8, "big") + data
