"""A study as files and as text: study.json, study.md, study.html, the terminal."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.comparison.report.document import Section
from xqg.comparison.report.template import TEMPLATE
from xqg.comparison.settings import write_json
from xqg.comparison.studies.study import Findings
from xqg.comparison.tables import Cell, Table
from xqg.evaluation.text_table import aligned, as_markdown
from xqg.generation.atomic import atomic_path

__all__ = ["Document", "html", "markdown", "terminal", "write"]


@dataclass(frozen=True)
class Document:
    """A study that ran, ready to be printed.

    Attributes:
        study: its name on the command line.
        about: one sentence with the setting of every number.
        settings: as results.json of a comparison has them.
    """

    study: str
    title: str
    about: str
    findings: Findings
    settings: dict[str, Any]

    @property
    def sections(self) -> list[Section]:
        """What was found in words, then the study's tables, then the settings."""
        rows = [[Cell("setting"), Cell("value")], *_flat(self.settings)]
        lines = Section("In short", tuple(self.findings.lines))
        return [lines, *self.findings.sections, Section("Settings", table=rows, detail=True)]


def write(document: Document, out: Path) -> None:
    """study.json (numbers and settings), study.md and study.html; each whole or not at all."""
    findings = document.findings
    content = {
        "study": document.study,
        "settings": document.settings,
        "in_short": list(findings.lines),
        "tables": {name: list(rows) for name, rows in findings.tables.items()},
    }
    for name, text in (("study.md", markdown(document)), ("study.html", html(document))):
        with atomic_path(out / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    write_json(out / "study.json", content)


def markdown(document: Document) -> str:
    """The tables and what stands around them; plots are in the HTML."""
    parts = [f"# {document.title}", document.about]
    for section in document.sections:
        if section.detail and section.table is None:
            continue  # a plot alone
        parts.append(f"{'###' if section.detail else '##'} {section.title}")
        if section.lines:
            parts.append("\n".join(f"- {line}" for line in section.lines))
        if section.table is not None:
            parts.append(as_markdown([[_cell(cell) for cell in row] for row in section.table]))
        if section.note:
            parts.append(section.note)
    return "\n\n".join(parts) + "\n"


def html(document: Document) -> str:
    """A page that refers to nothing outside itself, plots included."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    figures = {
        name: {"alt": figure.alt, "data": base64.b64encode(figure.svg).decode("ascii")}
        for name, figure in document.findings.figures.items()
    }
    return environment.from_string(TEMPLATE).render(
        title=document.title, about=document.about, sections=document.sections, figures=figures
    )


def terminal(document: Document) -> str:
    """What `xqg study` prints: everything but details and settings, as aligned text."""
    blocks = [document.title, document.about, *document.findings.lines]
    for section in document.sections[1:]:
        if section.detail or section.table is None:
            continue
        blocks += ["", section.title, *section.lines, aligned(_texts(section.table))]
        if section.note:
            blocks.append(section.note)
    return "\n".join(blocks)


def _texts(table: Table) -> list[list[str]]:
    return [[" ".join(cell.text.split()) for cell in row] for row in table]


def _cell(cell: Cell) -> str:
    text = " ".join(cell.text.split()).replace("|", "\\|")
    return f"**{text}**" if cell.best else text


def _flat(content: dict[str, Any], prefix: str = "") -> Table:
    """A row per value, nested ones under `outer.inner`."""
    rows: Table = []
    for key, value in content.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            rows.append([Cell(prefix + key), Cell(text)])
    return rows
