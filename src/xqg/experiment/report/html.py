"""report.html of a comparison: one file with everything in it, tables and plots."""

from __future__ import annotations

from xqg.experiment.report.document import Figure, sections, title
from xqg.experiment.report.figures import differences, language_bars, mean_forest
from xqg.experiment.report.template import html_page
from xqg.experiment.report.words import describe
from xqg.experiment.views import Comparison

__all__ = ["html"]


def html(comparison: Comparison, number: int) -> str:
    """The report of one setting as a page: `number` counts `comparison.views`, 0 is the asked one.

    It refers to nothing outside itself; it reads on a narrow screen and in the dark.
    """
    view, measure = comparison.views[number], comparison.primary_measure
    figures = {"bars": Figure(f"Bars: {measure} by question language", language_bars(comparison, view, measure))}
    if differences(comparison, view, measure):
        figures["forest"] = Figure(f"Differences of {measure}", mean_forest(comparison, view, measure))
    return html_page(title(comparison), describe(comparison, view), sections(comparison, number), figures)
