"""A study as files and as text: study.json, study.md, study.html, the terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.evaluation import bootstrap_interval, chance_of
from xqg.evaluation.text_table import aligned
from xqg.experiment.folder import write_json
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.document import Figure, Findings, Section, pairs
from xqg.experiment.report.markdown import markdown_page
from xqg.experiment.report.notebook import html_table
from xqg.experiment.report.tables import Cell, Table
from xqg.experiment.report.template import html_page
from xqg.kept import atomic_path

if TYPE_CHECKING:
    from xqg.experiment.study_context import Context

__all__ = ["about", "document", "in_short", "notebook", "table", "terminal", "write"]


def document(study: str, title: str, about: str, findings: Findings) -> dict[str, Any]:
    """Everything that a study says, as JSON values: its files are made from it alone.

    Args:
        study: its name on the command line.
        about: one sentence with the setting of every number.
    """
    return {
        "study": study,
        "title": title,
        "about": about,
        "lines": list(findings.lines),
        "sections": [dataclasses.asdict(section) for section in findings.sections],
        "figures": {name: [one.alt, one.svg.decode()] for name, one in findings.figures.items()},
        "tables": {name: list(rows) for name, rows in findings.tables.items()},
    }


def write(results: Measurements, folder: Path) -> None:
    """study.md, study.html and study.json (numbers and settings); each whole or not at all."""
    content = results.description.facts["document"]
    texts = {"study.md": _markdown(results), "study.html": _html(results)}
    for name, text in texts.items():
        with atomic_path(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    content = {
        "study": content["study"],
        "settings": _settings(results),
        "in_short": content["lines"],
        "tables": content["tables"],
    }
    write_json(folder / "study.json", content)


def terminal(results: Measurements) -> str:
    """What `xqg study` prints: everything but details and settings, as aligned text."""
    content = results.description.facts["document"]
    blocks = [content["title"], content["about"], *content["lines"]]
    for section in _sections(results)[1:]:
        if section.detail or section.table is None:
            continue
        texts = [[cell.text for cell in row] for row in _one_line(section.table)]
        blocks += ["", section.title, *section.lines, aligned(texts)]
        if section.note:
            blocks.append(section.note)
    return "\n".join(blocks)


def notebook(results: Measurements) -> str:
    """The first table of the study as HTML."""
    tables = [section for section in _sections(results)[1:] if section.table is not None]
    return html_table(tables[0].table or [], tables[0].title)


def _settings(results: Measurements) -> dict[str, Any]:
    return {name: value for name, value in results.facts.items() if name != "document"}


def _sections(results: Measurements) -> list[Section]:
    """What was found in words, then the study's tables, then the settings."""
    content = results.description.facts["document"]
    lines = Section("In short", tuple(content["lines"]))
    settings = Section("Settings", table=pairs("setting", _settings(results)), detail=True)
    return [lines, *map(_section, content["sections"]), settings]


def _section(stored: Mapping[str, Any]) -> Section:
    rows = stored["table"]
    cells = None if rows is None else [[_cell(cell) for cell in row] for row in rows]
    return Section(**{**stored, "lines": tuple(stored["lines"]), "table": cells})


def _cell(stored: Mapping[str, Any]) -> Cell:
    return Cell(stored["text"], tuple(stored["better"]), tuple(stored["worse"]), stored["best"])


def _markdown(results: Measurements) -> str:
    """The tables and what stands around them; plots are in the HTML."""
    content = results.description.facts["document"]
    sections = [
        section if section.table is None else replace(section, table=_one_line(section.table))
        for section in _sections(results)
    ]
    return markdown_page(content["title"], content["about"], sections)


def _html(results: Measurements) -> str:
    """A page that refers to nothing outside itself, plots included."""
    content = results.description.facts["document"]
    figures = {name: Figure(alt, svg.encode()) for name, (alt, svg) in content["figures"].items()}
    return html_page(content["title"], content["about"], _sections(results), figures)


def _one_line(table: Table) -> Table:
    """Generated queries and prompts may have line breaks, which would end a row."""
    return [[replace(cell, text=" ".join(cell.text.split())) for cell in row] for row in table]


# Sentences and tables that every study shares.


def about(context: Context) -> str:
    """One sentence with everything that holds for every number of a study unless it says otherwise."""
    settings = context.material.settings
    source = settings["generator"]["name"] if settings["generator"] else "a file of queries"
    return (
        f"{settings['passages']} passages ({', '.join(settings['passage_languages'])}), "
        f"{settings['questions']} questions in {len(settings['query_languages'])} languages; means are over "
        f"{', '.join(context.languages)}. Encoder {settings['encoder']['name']}, queries from {source}, "
        f"n = {context.plan.n}, K = {context.plan.queries}; {context.fusion} fusion, sum, "
        f"α {context.tuned_on}, seed {settings['seed']}."
    )


def in_short(context: Context, lines: Sequence[str]) -> list[str]:
    """What was found, and what to beware of; where nothing may be concluded that comes first."""
    interpretable, level = _chance(context)
    after = [f"Left out: arm {name} ({reason})." for name, reason in context.arms_left_out.items()]
    after.append(
        "Intervals: 95 %, bootstrap over question clusters, not corrected for how many there are. "
        "! marks an α at an edge of its grid."
    )
    return [*lines, level, *after] if interpretable else [level, *lines, *after]


def _chance(context: Context) -> tuple[bool, str]:
    """Whether `none` is better than chance, and by how much."""
    benchmark, measure = context.design.benchmark, context.design.measures[0]
    chance = chance_of(measure, benchmark, context.plan.query_languages[0])
    none = context.none
    low, _ = bootstrap_interval(none.per_question[measure.name], benchmark.groups)
    shown = context.scale(measure.name).shown(none.mean(measure.name))
    level = f"{measure.name}: arm none {shown}, chance {100 * chance:.2f}."
    if low > chance:
        return True, level
    return (
        False,
        f"NOT INTERPRETABLE, no conclusion is drawn: none is within its 95 % interval of chance. {level}",
    )


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], best: Mapping[int, int] | None = None
) -> Table:
    """Texts as a table.

    Args:
        best: column → row to be marked in it, both from 0, the header not counted.
    """
    marked = {(row, column) for column, row in (best or {}).items()}
    body = [
        [Cell(text, best=(row, column) in marked) for column, text in enumerate(texts)]
        for row, texts in enumerate(rows)
    ]
    return [[Cell(text) for text in header], *body]
