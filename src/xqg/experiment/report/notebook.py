"""Results in a notebook: the main table as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xqg.experiment.measurements import Measurements
from xqg.experiment.report.tables import Cell, Table, by_language
from xqg.experiment.report.words import describe, headline

__all__ = ["html_table", "notebook"]


def notebook(results: Measurements) -> str:
    """The primary contrast, and the primary measure by question language."""
    view = results.views[0]
    table = by_language(results, view, results.primary_measure)
    first = headline(results, view)[0]
    return (
        f"<p>{escape(first)}</p>{html_table(table, f'{results.primary_measure} by question language')}"
        f"<p><small>{escape(describe(results, view))}</small></p>"
    )


def html_table(table: Table, caption: str = "") -> str:
    """A table of cells; numbers to the right, the best in bold, marks behind them."""
    header, *rows = table
    lines = ["<table>", f"<caption>{escape(caption)}</caption>" if caption else ""]
    lines.append(f"<thead><tr>{''.join(f'<th>{escape(cell.text)}</th>' for cell in header)}</tr></thead><tbody>")
    lines += [f"<tr>{_cells(row)}</tr>" for row in rows]
    return "".join([*lines, "</tbody></table>"])


def _cells(row: Sequence[Cell]) -> str:
    cells = []
    for number, cell in enumerate(row):
        text = f"<b>{escape(cell.text)}</b>" if cell.best else escape(cell.text)
        side = "left" if number == 0 else "right"
        cells.append(f'<td style="text-align: {side}">{text}{escape(cell.marks)}</td>')
    return "".join(cells)
