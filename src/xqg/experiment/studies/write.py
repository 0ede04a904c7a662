"""A study as files and as text: study.json, study.md, study.html, the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xqg.atomic import atomic_path
from xqg.evaluation.text_table import aligned
from xqg.experiment.report.document import Section, pairs
from xqg.experiment.report.markdown import markdown_page
from xqg.experiment.report.template import html_page
from xqg.experiment.settings import write_json
from xqg.experiment.study import Findings
from xqg.experiment.report.tables import Table

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
        lines = Section("In short", tuple(self.findings.lines))
        settings = Section("Settings", table=pairs("setting", self.settings), detail=True)
        return [lines, *self.findings.sections, settings]


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
    sections = [
        section if section.table is None else replace(section, table=_one_line(section.table))
        for section in document.sections
    ]
    return markdown_page(document.title, document.about, sections)


def html(document: Document) -> str:
    """A page that refers to nothing outside itself, plots included."""
    return html_page(document.title, document.about, document.sections, document.findings.figures)


def terminal(document: Document) -> str:
    """What `xqg study` prints: everything but details and settings, as aligned text."""
    blocks = [document.title, document.about, *document.findings.lines]
    for section in document.sections[1:]:
        if section.detail or section.table is None:
            continue
        texts = [[cell.text for cell in row] for row in _one_line(section.table)]
        blocks += ["", section.title, *section.lines, aligned(texts)]
        if section.note:
            blocks.append(section.note)
    return "\n".join(blocks)


def _one_line(table: Table) -> Table:
    """Generated queries and prompts may have line breaks, which would end a row."""
    return [[replace(cell, text=" ".join(cell.text.split())) for cell in row] for row in table]
