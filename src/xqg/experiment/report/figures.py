"""The plots of a comparison: what `xqg.experiment.report.plots` is to draw of it."""

from __future__ import annotations

from xqg.experiment.contrasts import MEAN
from xqg.experiment.measurements import Measurements, View
from xqg.experiment.report.plots import Difference, bars, forest

__all__ = ["differences", "language_bars", "mean_forest"]


def language_bars(results: Measurements, view: View, measure: str) -> bytes:
    """One measure, a group of bars per question language and for the mean, as SVG."""
    languages = results.query_languages
    scale = results.scale(measure)
    series = {
        system.name: [scale.number(view.means[system.name, code, measure]) for code in (*languages, MEAN)]
        for system in results.systems
    }
    return bars(
        series,
        [*languages, f"mean of {len(results.mean_languages)}"],
        title=f"{measure} by question language",
        ylabel=f"{measure} ({scale.symbol})",
        greys=[system.name for system in results.systems if system.baseline],
        bounds=[system.name for system in results.systems if system.bound],
    )


def mean_forest(results: Measurements, view: View, measure: str) -> bytes:
    """The contrasts of the mean over languages with their intervals, as SVG."""
    return forest(
        differences(results, view, measure),
        title=f"{measure}, mean over {len(results.mean_languages)} question languages",
        xlabel=f"difference ({results.scale(measure).of_differences})",
    )


def differences(results: Measurements, view: View, measure: str) -> list[Difference]:
    """The contrasts of the mean over languages as rows of a forest plot, in the measure's unit."""
    bounds = {system.name for system in results.systems if system.bound}
    scale = results.scale(measure)
    return [
        Difference(
            f"against {contrast.versus}",
            contrast.system,
            scale.number(contrast.difference),
            scale.number(contrast.low),
            scale.number(contrast.high),
            "primary" if contrast.primary else "bound" if contrast.system in bounds else "secondary",
            contrast.significant,
        )
        for contrast in view.contrasts
        if contrast.query_language == MEAN and contrast.measure == measure
    ]

