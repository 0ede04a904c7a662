"""What `xqg compare` prints."""

from __future__ import annotations

from xqg.evaluation.text_table import aligned
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.tables import Table, by_language, by_measure, by_setting
from xqg.experiment.report.words import describe, headline, legend

__all__ = ["terminal"]


def terminal(results: Measurements) -> str:
    """The primary contrast, the asked setting's tables as aligned text, and the settings side by side."""
    view, measure = results.views[0], results.primary_measure
    over = f"mean over {len(results.mean_languages)} question languages"
    lines = [
        *headline(results, view),
        "",
        describe(results, view),
        "",
        f"{measure} by question language",
        _plain(by_language(results, view, measure)),
        "",
        f"All measures, {over}",
        _plain(by_measure(results, view)),
        "",
        legend(results),
    ]
    if len(results.views) > 1:
        lines += ["", f"{measure} in every setting, {over}", _plain(by_setting(results, measure))]
    return "\n".join(lines)


def _plain(table: Table) -> str:
    """Aligned by the numbers: marks stand to their right."""
    widths = [max(len(row[column].marks) for row in table) for column in range(len(table[0]))]
    return aligned(
        [
            [cell.text + cell.marks.ljust(width) for cell, width in zip(row, widths, strict=True)]
            for row in table
        ]
    )
