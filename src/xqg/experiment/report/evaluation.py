"""The measures of a run: a line for each question language, a column for each measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xqg.evaluation import macro
from xqg.evaluation.text_table import aligned, as_markdown
from xqg.experiment.folder import write_json
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.notebook import html_table
from xqg.experiment.report.tables import Cell
from xqg.kept import atomic_path

__all__ = ["notebook", "terminal", "write"]

MACRO = "macro"  # in place of a question language: the unweighted mean over them


def terminal(results: Measurements) -> str:
    """The table as aligned text, values as fractions."""
    return aligned(_table(results))


def notebook(results: Measurements) -> str:
    """The table as HTML."""
    about = f"{results.settings['run']} on {results.benchmark}"
    return html_table([[Cell(text) for text in row] for row in _table(results)], about)


def write(results: Measurements, folder: Path) -> None:
    """report.md and results.json."""
    with atomic_path(folder / "report.md") as temporary:
        temporary.write_text(_markdown(results), encoding="utf-8")
    write_json(folder / "results.json", {"settings": results.settings, "rows": rows(results)})


def rows(results: Measurements) -> list[dict[str, Any]]:
    """A row for each language and measure, and the macro averages of several languages."""
    pool = "+".join(results.settings["passage_languages"])
    [values] = results.values.values()
    by_language = {
        language: {name: (sum(own.values()) / len(own), len(own)) for name, own in of.items()}
        for (_, language), of in values.items()
    }
    if len(by_language) > 1:
        by_language[MACRO] = {
            name: (
                macro({code: of[name][0] for code, of in by_language.items()}),
                sum(of[name][1] for of in by_language.values()),
            )
            for name in results.description.measures
        }
    return [
        {
            "query_language": language,
            "passage_language": pool,
            "measure": name,
            "value": of[name][0],
            "questions": of[name][1],
        }
        for language, of in by_language.items()
        for name in results.description.measures
    ]


def _table(results: Measurements) -> list[list[str]]:
    names, every = list(results.description.measures), rows(results)
    values = {(row["query_language"], row["measure"]): row["value"] for row in every}
    numbers: dict[str, int] = {}
    for row in every:
        numbers[row["query_language"]] = max(row["questions"], numbers.get(row["query_language"], 0))
    table = [["language", "questions", *names]]
    for language, number in numbers.items():
        table.append([language, str(number), *(f"{values[language, name]:.4f}" for name in names)])
    return table


def _markdown(results: Measurements) -> str:
    settings = results.settings
    lines = [f"# {settings['run']} on {settings['benchmark']}", "", as_markdown(_table(results)), "", "## Settings", ""]
    for key, value in settings.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {version}" for name, version in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        if value is not None:
            lines.append(f"- {key}: {value}")
    return "\n".join(lines) + "\n"
