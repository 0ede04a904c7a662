"""`xqg history`: the versions of an index."""

from __future__ import annotations

import json
from typing import Any

from xqg.cli import options

__all__ = ["command"]


def command(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """List the versions of an index that `xqg restore` can go back to, oldest first."""
    from xqg.index.history import index_history

    found = index_history(index)
    if as_json:
        rows = [
            {
                "version": one.number,
                "made": one.made.isoformat(timespec="seconds"),
                "command": one.command,
                "passages": one.passages,
                "about": one.about,
            }
            for one in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = [["version", "made (UTC)", "passages", "by", ""]]
    for one in found:
        made = one.made.strftime("%Y-%m-%d %H:%M:%S")
        table.append([str(one.number), made, f"{one.passages:,}", one.command or "?", _about(one.about)])
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _about(about: dict[str, Any]) -> str:
    """`added 10, languages th`; what is nought or empty is left out."""
    parts = []
    for name, value in about.items():
        if name == "bad_vectors":
            name, value = "left out", len(value)
        if name == "passages" or (not value and name not in ("alpha", "weighted")):
            continue
        shown = (", ".join(value) or "none") if isinstance(value, list) else str(value)
        parts.append(f"{name} {shown}")
    return "; ".join(parts)
