"""Plots that only studies need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xqg.experiment.report.plots import Format, saved, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["heatmap"]


@styled
def heatmap(
    values: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str,
    label: str,
    xlabel: str,
    ylabel: str,
    apart: int = 0,
    format: Format = "svg",
) -> bytes:
    """A matrix of differences as colours with the numbers in them: violet above 0, orange below.

    The scale is symmetric about 0, which is white; both colours darken with distance, and the sign of
    every number is printed, so that the plot can be read without colour. NaN is left grey.

    Args:
        values: a list per row, one value per column.
        label: of the colour scale, with its unit.
        apart: columns at the right behind a gap (means).
    """
    import matplotlib
    from matplotlib.figure import Figure

    matrix = np.array(values, dtype=float)
    reach = float(np.nanmax(np.abs(matrix), initial=0.0)) or 1.0
    figure = Figure(
        figsize=(max(5.0, 2.2 + 0.56 * len(columns)), max(2.6, 1.5 + 0.34 * len(rows))), layout="constrained"
    )
    axis = figure.subplots()
    colours = matplotlib.colormaps["PuOr"].with_extremes(bad="#dddddd")
    image = axis.imshow(matrix, cmap=colours, vmin=-reach, vmax=reach, aspect="auto")
    _numbers(axis, matrix, reach)
    if apart:
        axis.axvline(len(columns) - apart - 0.5, color="#ffffff", linewidth=5)
    axis.set_xticks(range(len(columns)), list(columns))
    axis.set_yticks(range(len(rows)), list(rows))
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.set_title(title, loc="left")
    figure.colorbar(image, ax=axis, label=label, fraction=0.04, pad=0.02)
    return saved(figure, format)


def _numbers(axis: Axes, matrix: np.ndarray[Any, np.dtype[np.float64]], reach: float) -> None:
    """Each value in its cell, white on dark colours."""
    for (row, column), value in np.ndenumerate(matrix):
        if not math.isnan(value):
            ink = "#ffffff" if abs(value) > 0.65 * reach else "#222222"
            axis.text(column, row, f"{value:+.1f}", ha="center", va="center", fontsize=8, color=ink)
