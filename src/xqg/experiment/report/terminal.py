"""What `xqg compare` prints."""

from __future__ import annotations

from xqg.evaluation.text_table import aligned
from xqg.experiment.report.words import describe, headline, legend
from xqg.experiment.tables import Table, by_language, by_measure, by_setting
from xqg.experiment.views import Comparison

__all__ = ["terminal"]


def terminal(comparison: Comparison) -> str:
    """The primary contrast, the asked setting's tables as aligned text, and the settings side by side."""
    view, measure = comparison.views[0], comparison.primary_measure
    over = f"mean over {len(comparison.plan.mean_languages)} question languages"
    lines = [
        *headline(comparison, view),
        "",
        describe(comparison, view),
        "",
        f"{measure} by question language",
        _plain(by_language(comparison, view, measure)),
        "",
        f"All measures, {over}",
        _plain(by_measure(comparison, view)),
        "",
        legend(comparison),
    ]
    if len(comparison.views) > 1:
        lines += ["", f"{measure} in every setting, {over}", _plain(by_setting(comparison, measure))]
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
