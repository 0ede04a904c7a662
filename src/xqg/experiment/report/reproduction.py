"""Expected beside got: the table, what must be said with it, and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xqg.evaluation import macro
from xqg.evaluation.text_table import aligned, as_markdown
from xqg.experiment.contrasts import MEAN
from xqg.experiment.description import Compared
from xqg.experiment.folder import write_json
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.notebook import html_table
from xqg.experiment.report.tables import Cell
from xqg.kept import atomic_path

__all__ = ["notebook", "terminal", "write"]

MACRO = "macro"  # in place of a language: the unweighted mean over all of them


def terminal(results: Measurements) -> str:
    """The table as aligned text, and the notes."""
    return "\n".join([aligned(_table(results)), *_notes(results)])


def notebook(results: Measurements) -> str:
    """The table as HTML."""
    return html_table([[Cell(text) for text in row] for row in _table(results)], "Expected and got")


def write(results: Measurements, folder: Path) -> None:
    """report.md and results.json; figures as fractions there, in percent in the report."""
    text = "\n\n".join(["# Expected and got", *_notes(results), as_markdown(_table(results))])
    with atomic_path(folder / "report.md") as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    content = {"settings": results.settings, "notes": _notes(results), "rows": _rows(results)}
    write_json(folder / "results.json", content)


def _notes(results: Measurements) -> list[str]:
    """What must be said with the numbers, a sentence each."""
    facts = results.description.facts
    notes = [facts["note"]] if facts["note"] else []
    if facts["limit"] is not None:
        notes.append(
            f"Only the first {facts['limit']} passages and the first {facts['limit']} questions per language: "
            "expected figures do not apply."
        )
    return notes


def _columns(results: Measurements) -> list[str]:
    columns = [*results.query_languages, MACRO]
    return [*columns, MEAN] if results.mean_languages != results.query_languages else columns


def _got(results: Measurements, system: str, measure: str, column: str) -> float:
    if column == MACRO:
        return macro({code: results.mean(system, measure, code) for code in results.query_languages})
    return results.mean(system, measure, column)


def _rows(results: Measurements) -> list[dict[str, Any]]:
    figures = results.description.facts["recipe"]["expected"] if results.expected else {}
    published = {(system, name) for system, measures in figures.items() for name in measures}
    return [
        {
            "system": system.name,
            "alpha": _alpha(results, system),
            "query_language": column,
            "measure": name,
            "expected": results.expected.get((system.name, column, name)),
            "value": _got(results, system.name, name, column),
        }
        for system in results.systems
        for name in results.description.measures
        if not published or (system.name, name) in published
        for column in _columns(results)
    ]


def _alpha(results: Measurements, system: Compared) -> float | list[float] | None:
    alphas = system.alphas(results.description.settings[0])
    return None if alphas is None else alphas[0] if len(alphas) == 1 else list(alphas)


def _table(results: Measurements) -> list[list[str]]:
    """A header, and for each system and measure a line expected (where there is any) and a line got."""
    columns = _columns(results)
    lines = [["system", "alpha", "measure", "figures", *columns]]
    rows = {(row["system"], row["measure"], row["query_language"]): row for row in _rows(results)}
    for system, name in dict.fromkeys((system, name) for system, name, _ in rows):
        own = [rows[system, name, column] for column in columns]
        scale, alpha = results.scale(name), own[0]["alpha"]
        head = [system, f"{alpha:g}" if isinstance(alpha, float) else "tuned" if alpha else "-", name]
        if results.expected:
            shown = [row["expected"] for row in own]
            figures = ["-" if one is None else f"{scale.number(one):.2f}" for one in shown]
            lines.append([*head, "expected", *figures])
        lines.append([*head, "got", *(f"{scale.number(row['value']):.2f}" for row in own)])
    return lines
