"""The cards of the mini models: how they came about, and tables of what was measured afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg import __version__
from xqg.benchmarks.atlas import LANGUAGES
from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.training.card import write_card

__all__ = ["add_table", "write_mini_card"]


def write_mini_card(
    folder: Path, kind: str, recipe: Any, results: dict[str, Any], prompt: str | None = None
) -> None:
    """Write README.md beside the weights of a mini model; the arguments are those of `write_card`."""
    about = (
        f"Trained from scratch by `make mini` (xqg {__version__}) on atlas, xqg's benchmark made from "
        "Unicode CLDR: names of all entities in eight languages and the passages as plain text; "
        "questions about train entities, plentiful in English and scarce elsewhere; entities swapped "
        "at random among train entities. It knows atlas and nothing else: use it to try xqg, not to search."
    )
    write_card(folder, kind, LANGUAGES, recipe, results, prompt, title=f"xqg mini {kind}", about=about)


def add_table(folder: Path, heading: str, note: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Put a section with a table (row's name → column → value) at the end of a model's card.

    A section of the same heading is replaced, with whatever stands below it.

    Raises:
        XqgError: the folder has no card.
    """
    path = folder / "README.md"
    if not path.is_file():
        raise XqgError(f"{path}: no such model card; give the folder of a model that xqg trained")
    columns = list(next(iter(rows.values())))
    lines = [f"## {heading}", "", note, ""]
    lines += ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(str(row[c]) for c in columns) + " |" for name, row in rows.items()]
    card = path.read_text(encoding="utf-8").split(f"\n## {heading}\n")[0].rstrip()
    with atomic_path(path) as temporary:
        temporary.write_text(card + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
