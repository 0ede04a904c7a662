"""report.html of a comparison: one file with everything in it, tables and plots."""

from __future__ import annotations

from xqg.experiment.measurements import Measurements
from xqg.experiment.report.document import Figure, sections, title
from xqg.experiment.report.figures import differences, language_bars, mean_forest
from xqg.experiment.report.template import html_page
from xqg.experiment.report.words import describe

__all__ = ["html"]


def html(results: Measurements, number: int) -> str:
    """The report of one setting as a page: `number` counts `results.views`, 0 is the asked one.

    It refers to nothing outside itself; it reads on a narrow screen and in the dark.
    """
    view, measure = results.views[number], results.primary_measure
    figures = {"bars": Figure(f"Bars: {measure} by question language", language_bars(results, view, measure))}
    if differences(results, view, measure):
        figures["forest"] = Figure(f"Differences of {measure}", mean_forest(results, view, measure))
    return html_page(title(results), describe(results, view), sections(results, number), figures)
