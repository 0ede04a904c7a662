"""report.md of a results."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.evaluation.text_table import as_markdown
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.document import Section, sections, title
from xqg.experiment.report.tables import Cell
from xqg.experiment.report.words import describe

__all__ = ["markdown", "markdown_page"]


def markdown(results: Measurements, number: int) -> str:
    """The report of one setting: `number` counts `results.views`, 0 is the asked one."""
    about = describe(results, results.views[number])
    return markdown_page(title(results), about, sections(results, number))


def markdown_page(title: str, about: str, sections: Sequence[Section]) -> str:
    """Sections under a title, without their figures; details one level below the others.

    A detail that is a figure alone is left out, heading and all.
    """
    parts = [f"# {title}", about]
    for section in sections:
        if section.detail and not section.lines and section.table is None:
            continue
        parts.append(f"{'###' if section.detail else '##'} {section.title}")
        if section.lines:
            parts.append("\n".join(f"- {line}" for line in section.lines))
        if section.table is not None:
            parts.append(as_markdown([[_cell(cell) for cell in row] for row in section.table]))
        if section.note:
            parts.append(section.note)
    return "\n\n".join(parts) + "\n"


def _cell(cell: Cell) -> str:
    text = cell.text.replace("|", "\\|")
    return (f"**{text}**" if cell.best else text) + cell.marks
