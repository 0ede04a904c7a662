"""The side file of rows and passages that `--skip-bad` left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xqg.passages import BadRow

__all__ = ["write_left_out"]


def write_left_out(
    path: Path, source: str, rows: Sequence[BadRow], refused: Sequence[Mapping[str, str]]
) -> Path | None:
    """Write the side file whole; None, and no file, where nothing was left out.

    Args:
        source: the file of passages, as it was named.
        rows: its bad rows.
        refused: `id` and `reason` of passages whose vectors could not be stored.
    """
    from xqg.atomic import atomic_path
    from xqg.passages import write_bad_rows

    if not rows and not refused:
        return None
    with atomic_path(path) as temporary:
        write_bad_rows(temporary, source, rows)
        with temporary.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            for one in refused:
                line = {"file": source, "id": one["id"], "reason": one["reason"]}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path
