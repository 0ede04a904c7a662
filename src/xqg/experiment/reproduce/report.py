"""Expected beside got: the table, what must be said with it, and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xqg.evaluation.text_table import as_markdown
from xqg.experiment.reproduce.recipe import MACRO, Recipe
from xqg.experiment.reproduce.run import Got
from xqg.experiment.settings import write_json

__all__ = ["notes", "table", "write"]


def notes(limit: int | None) -> list[str]:
    """What must be said with the numbers, a sentence each."""
    said = [
        "This recipe has not been run at full size by xqg's authors; expected figures are those that the "
        "recipe names, in percent."
    ]
    if limit is not None:
        said.append(
            f"Only the first {limit} passages and the first {limit} questions per language: expected figures "
            "do not apply."
        )
    return said


def table(recipe: Recipe, got: Got, limit: int | None) -> list[list[str]]:
    """A header, and for each row and measure a line expected (none under a limit) and a line got."""
    columns = [*recipe.languages, MACRO]
    lines = [["row", "alpha", "measure", "figures", *columns]]
    for row in recipe.rows:
        for name, figures in zip((one.name for one in recipe.measures), row.expected.values(), strict=True):
            head = [row.name, f"{row.alpha:g}", name]
            if limit is None:
                shown = (f"{figures[code]:.2f}" if code in figures else "-" for code in columns)
                lines.append([*head, "expected", *shown])
            lines.append([*head, "got", *(f"{got.values[row.name, name, code]:.2f}" for code in columns)])
    return lines


def write(out: Path, recipe: Recipe, got: Got, limit: int | None) -> None:
    """Write `results.json` and `report.md`; under a limit `expected` is null."""
    rows: list[dict[str, Any]] = []
    for row in recipe.rows:
        for name, figures in zip((one.name for one in recipe.measures), row.expected.values(), strict=True):
            for code in (*recipe.languages, MACRO):
                rows.append(
                    {
                        "row": row.name,
                        "alpha": row.alpha,
                        "query_language": code,
                        "measure": name,
                        "expected": figures.get(code) if limit is None else None,
                        "value": got.values[row.name, name, code],
                    }
                )
    said = notes(limit)
    write_json(out / "results.json", {"settings": got.settings, "notes": said, "rows": rows})
    text = "\n\n".join(["# Expected and got", *said, as_markdown(table(recipe, got, limit))])
    (out / "report.md").write_text(text + "\n", encoding="utf-8")
