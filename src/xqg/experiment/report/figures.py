"""The plots of a comparison: what `xqg.experiment.report.plots` is to draw of it."""

from __future__ import annotations

from xqg.experiment.contrasts import MEAN
from xqg.experiment.report.plots import Difference, bars, forest
from xqg.experiment.scales import higher_is_better, unit
from xqg.experiment.views import Comparison, View

__all__ = ["differences", "language_bars", "mean_forest"]


def language_bars(comparison: Comparison, view: View, measure: str) -> bytes:
    """One measure, a group of bars per question language and for the mean, as SVG."""
    languages = comparison.plan.query_languages
    scale = 100 if higher_is_better(measure) else 1
    series = {
        system.name: [scale * view.means[system.name, code, measure] for code in (*languages, MEAN)]
        for system in comparison.systems
    }
    return bars(
        series,
        [*languages, f"mean of {len(comparison.plan.mean_languages)}"],
        title=f"{measure} by question language",
        ylabel=measure + (" (%)" if higher_is_better(measure) else " (ranks)"),
        greys=[system.name for system in comparison.systems if system.baseline],
        bounds=[system.name for system in comparison.systems if system.bound],
    )


def mean_forest(comparison: Comparison, view: View, measure: str) -> bytes:
    """The contrasts of the mean over languages with their intervals, as SVG."""
    return forest(
        differences(comparison, view, measure),
        title=f"{measure}, mean over {len(comparison.plan.mean_languages)} question languages",
        xlabel=f"difference ({unit(measure)})",
    )


def differences(comparison: Comparison, view: View, measure: str) -> list[Difference]:
    """The contrasts of the mean over languages as rows of a forest plot, in the measure's unit."""
    bounds = {system.name for system in comparison.systems if system.bound}
    scale = 100 if higher_is_better(measure) else 1
    return [
        Difference(
            f"against {contrast.versus}",
            contrast.arm,
            scale * contrast.difference,
            scale * contrast.low,
            scale * contrast.high,
            "primary" if contrast.primary else "bound" if contrast.arm in bounds else "secondary",
            contrast.significant,
        )
        for contrast in view.contrasts
        if contrast.query_language == MEAN and contrast.measure == measure
    ]

