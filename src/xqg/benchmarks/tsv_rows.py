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

__all__ = ["Columns", "Fields", "read_columns", "read_passages"]

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


class Fields(NamedTuple):
    """Of one passage."""

    id: str
    text: str
    title: str


def read_columns(path: Path) -> Columns:
    """What the first line says of the columns.

    Raises:
        XqgError: an empty file, a header that lacks a column.
    """
    with path.open("rb") as file:
        raw = file.readline()
    if not raw.strip():
        raise XqgError(f"{path}:1: no passage and no header; the file must hold rows of {_LAYOUT}")
    names = _row(path, 1, raw)
    if "id" not in names:
        return Columns()
    for name in NAMES:
        if name not in names:
            raise XqgError(f"{path}:1: the header has no column {name!r}; it must be {_LAYOUT}")
    id_, text, title = (names.index(name) for name in NAMES)
    return Columns(id_, text, title, number=len(names), header=True)


def read_passages(path: Path, columns: Columns) -> Iterator[tuple[int, Fields]]:
    """The passages in the file's order, each with the number of its first line (from 1).

    Raises:
        XqgError: with file and line: bad UTF-8, a quoted field that does not end, another number of columns,
            an id that is empty or has white space.
    """
    for line, raw in _rows(path):
        if not raw.strip() or (line == 1 and columns.header):
            continue
        row = _row(path, line, raw)
        if len(row) != columns.number:
            raise XqgError(f"{path}:{line}: {len(row)} columns instead of {columns.number}; a row is {_LAYOUT}")
        id_ = row[columns.id]
        if not id_ or any(map(str.isspace, id_)):
            # TREC runs are separated by white space.
            raise XqgError(f"{path}:{line}: id {id_!r} is empty or has white space; use another id")
        yield line, Fields(id_, row[columns.text], row[columns.title])


def _rows(path: Path) -> Iterator[tuple[int, bytes]]:
    """Rows, blank ones too: the number of the first line, and the bytes."""
    with path.open("rb") as file:
        number = 0
        for raw in file:
            line = number + 1
            while _is_open(raw):
                following = file.readline()
                if not following or raw.count(b"\n") >= LONGEST:
                    raise XqgError(
                        f'{path}:{line}: a text that begins with " has no closing "; double the quotation '
                        "marks in it, or get the file anew"
                    )
                raw += following
            number += raw.count(b"\n")
            yield line, raw


def _is_open(raw: bytes) -> bool:
    """Whether a quoted field goes on in the next line: inside one, quotation marks come in pairs."""
    return raw.count(b'"') % 2 == 1 and (raw.startswith(b'"') or b'\t"' in raw)


def _row(path: Path, line: int, raw: bytes) -> list[str]:
    """The fields of a row."""
    try:
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise XqgError(f"{path}:{line}: not UTF-8; convert the file to UTF-8") from None
    if '"' not in text:
        return text.split("\t")
    try:
        return next(csv.reader([f"{part}\n" for part in text.split("\n")], delimiter="\t"))
    except csv.Error as error:
        raise XqgError(f"{path}:{line}: not tab-separated values ({error}); mend the row") from None
