"""Rows of a DPR-style passage file: `id TAB text TAB title`, one passage a row, header line or none.

Fields are quoted as Python's csv module quotes them (Karpukhin et al. 2020 wrote and read the file
with it): a field that begins with `"` ends at the next lone `"`, and may run over several lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from xqg.errors import XqgError
from xqg.passages.records import Passage

__all__ = ["Columns", "Row", "read_columns", "rows", "to_passage"]

NAMES = ("id", "text", "title")
_LAYOUT = " TAB ".join(NAMES)
LONGEST = 1000  # lines of a row; a quotation mark that is never closed must not swallow the file


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the fields in a row of `number` fields, and whether the first line is a header."""

    id: int = 0
    text: int = 1
    title: int = 2
    number: int = 3
    header: bool = False


class Row(NamedTuple):
    """A row: its first line's number (from 1), its first byte's offset, and its bytes."""

    line: int
    start: int
    raw: bytes


def read_columns(path: Path) -> Columns:
    """What the first line says of the columns.

    Raises:
        XqgError: an empty file, a header that lacks a column.
    """
    with path.open("rb") as file:
        raw = file.readline()
    if not raw.strip():
        raise XqgError(f"{path}:1: no passage and no header; the file must hold rows of {_LAYOUT}")
    names = _fields(path, Row(1, 0, raw))
    if "id" not in names:
        return Columns()
    for name in NAMES:
        if name not in names:
            raise XqgError(f"{path}:1: the header has no column {name!r}; it must be {_LAYOUT}")
    id_, text, title = (names.index(name) for name in NAMES)
    return Columns(id_, text, title, number=len(names), header=True)


def rows(path: Path, columns: Columns) -> Iterator[Row]:
    """The rows of passages, in the file's order; blank lines are passed over.

    Raises:
        XqgError: with file and line: a quoted field that does not end.
    """
    with path.open("rb") as file:
        offset, number = 0, 0
        for raw in file:
            start, line = offset, number + 1
            while _is_open(raw):
                following = file.readline()
                if not following or raw.count(b"\n") >= LONGEST:
                    raise XqgError(
                        f'{path}:{line}: a text that begins with " has no closing "; double the quotation '
                        "marks in it, or get the file anew"
                    )
                raw += following
            offset += len(raw)
            number += raw.count(b"\n")
            if raw.strip() and not (line == 1 and columns.header):
                yield Row(line, start, raw)


def to_passage(path: Path, row: Row, columns: Columns, language: str) -> Passage:
    """The passage of a row.

    Raises:
        XqgError: with file and line: bad UTF-8, another number of columns, an id that is empty or
            has white space.
    """
    fields = _fields(path, row)
    if len(fields) != columns.number:
        raise XqgError(
            f"{path}:{row.line}: {len(fields)} columns instead of {columns.number}; a row is {_LAYOUT}"
        )
    id_ = fields[columns.id]
    if not id_ or any(character.isspace() for character in id_):
        # TREC runs are separated by white space.
        raise XqgError(f"{path}:{row.line}: id {id_!r} is empty or has white space; use another id")
    return Passage(id_, fields[columns.title], fields[columns.text], language)


def _is_open(raw: bytes) -> bool:
    """Whether a quoted field goes on in the next line: inside one, quotation marks come in pairs."""
    return raw.count(b'"') % 2 == 1 and (raw.startswith(b'"') or b'\t"' in raw)


def _fields(path: Path, row: Row) -> list[str]:
    try:
        text = row.raw.decode("utf-8-sig" if row.start == 0 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise XqgError(f"{path}:{row.line}: not UTF-8; convert the file to UTF-8") from None
    if '"' not in text:
        return text.split("\t")
    try:
        return next(csv.reader([f"{part}\n" for part in text.split("\n")], delimiter="\t"))
    except csv.Error as error:
        raise XqgError(f"{path}:{row.line}: not tab-separated values ({error}); mend the row") from None
