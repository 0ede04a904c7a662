"""Rows of a passage file that were passed over, and the side file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from xqg.kept import atomic_path

__all__ = ["BadRow", "write_bad_rows"]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no passage.

    Attributes:
        line: its number in the file, from 1.
        reason: what is wrong with it, and the remedy.
        raw: the line without its line end; bytes that are not UTF-8 as `\\xe4`.
    """

    line: int
    reason: str
    raw: str


def write_bad_rows(path: Path | str, source: Path | str, rows: Iterable[BadRow]) -> None:
    """Write rows as JSONL, `{"file", "line", "reason", "row"}`, the whole file or none of it.

    Args:
        path: the side file; one that is there is replaced.
        source: the passage file that the rows are from.
        rows: in its order.
    """
    with (
        atomic_path(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file,
    ):
        for row in rows:
            line = {"file": str(source), "line": row.line, "reason": row.reason, "row": row.raw}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
