"""report.html of a comparison: one file with everything in it, tables and plots."""

from __future__ import annotations

import base64

from xqg.comparison.report.document import sections, title
from xqg.comparison.report.figures import differences, language_bars, mean_forest
from xqg.comparison.report.template import TEMPLATE
from xqg.comparison.report.words import describe
from xqg.comparison.views import Comparison

__all__ = ["html"]


def html(comparison: Comparison, number: int) -> str:
    """The report of one setting as a page: `number` counts `comparison.views`, 0 is the asked one.

    It refers to nothing outside itself; it reads on a narrow screen and in the dark.
    """
    import jinja2

    view, measure = comparison.views[number], comparison.primary_measure
    figures = {"bars": _figure(f"Bars: {measure} by question language", language_bars(comparison, view, measure))}
    if differences(comparison, view, measure):
        figures["forest"] = _figure(f"Differences of {measure}", mean_forest(comparison, view, measure))
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(TEMPLATE).render(
        title=title(comparison),
        about=describe(comparison, view),
        sections=sections(comparison, number),
        figures=figures,
    )


def _figure(alt: str, svg: bytes) -> dict[str, str]:
    return {"alt": alt, "data": base64.b64encode(svg).decode("ascii")}
