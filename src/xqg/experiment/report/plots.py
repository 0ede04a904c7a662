"""Plots of reports and studies: bars by language, a forest of differences, curves.

Colours are those of Okabe and Ito (2008), which colour-blind readers tell apart; in print without
colour, hatches, markers and line styles do. Text is drawn as outlines, so a file needs no font.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Difference", "Format", "bars", "curve", "forest", "saved", "styled"]

Format = Literal["svg", "png"]
Arguments = ParamSpec("Arguments")

# Names inside an SVG come from the salt, so the same plot has the same bytes.
_STYLE = {"svg.hashsalt": "xqg", "font.family": "DejaVu Sans", "hatch.linewidth": 0.6}

# Okabe and Ito with grey for black, in an order in which neighbours differ in lightness too. A system has
# the same colour in bars and curves; yellow, too faint for a line, comes last.
_COLOURS = ("#888888", "#0072B2", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#E69F00", "#F0E442")
_GREYS = (("#ffffff", "...."), ("#ffffff", "xxx"), ("#d0d0d0", "\\\\\\"), ("#d0d0d0", "---"))  # baselines
_BOUND = ("#ffffff", "///")
_MARKERS, _LINES = "osD^vPX*", ("-", "--", "-.", ":")
_INK, _FAINT = "#222222", "#bbbbbb"
_PER_ROW = 48  # bars that stand side by side before a new row of languages begins


def styled(draw: Callable[Arguments, bytes]) -> Callable[Arguments, bytes]:
    """Draw in one style, whatever the user's own: some settings are read when a part of a figure is
    made, others when it is saved."""

    @functools.wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> bytes:
        from matplotlib import style

        with style.context(["default", _STYLE]):
            return draw(*args, **kwargs)

    return drawn


@dataclass(frozen=True)
class Difference:
    """A row of a forest plot.

    Attributes:
        group: rows of a group stand together under its name.
        kind: `primary` stands out, `bound` stands back.
        significant: filled marker, else hollow.
    """

    group: str
    label: str
    value: float
    low: float
    high: float
    kind: Literal["primary", "secondary", "bound"] = "secondary"
    significant: bool = False


@styled
def bars(
    series: Mapping[str, Sequence[float]],
    categories: Sequence[str],
    *,
    title: str,
    ylabel: str,
    greys: Collection[str] = (),
    bounds: Collection[str] = (),
    format: Format = "svg",
) -> bytes:
    """Grouped bars: a group per category (a language), a bar per series (a system).

    Args:
        series: name → one value per category.
        greys: names of series drawn in greys with hatches (baselines).
        bounds: names of series drawn hatched and white (upper bounds).
    """
    from matplotlib.figure import Figure

    per_row = max(1, min(len(categories), _PER_ROW // max(1, len(series))))
    rows = math.ceil(len(categories) / per_row)
    per_row = math.ceil(len(categories) / rows)  # rows of about equal length
    width = min(12.0, max(5.0, 1.2 + 0.2 * per_row * (len(series) + 1)))
    figure = Figure(figsize=(width, 0.9 + 2.3 * rows), layout="constrained")
    axes = figure.subplots(rows, 1, sharey=True, squeeze=False)[:, 0]
    styles = _bar_styles(list(series), greys, bounds)
    for number, axis in enumerate(axes):
        shown = slice(number * per_row, (number + 1) * per_row)
        step = 0.86 / len(series)
        for offset, (name, values) in enumerate(series.items()):
            mine = list(values)[shown]
            at = [group - 0.43 + step * (offset + 0.5) for group in range(len(mine))]
            axis.bar(at, mine, width=step, label=name, linewidth=0.5, edgecolor=_INK, **styles[name])
        names = list(categories)[shown]
        axis.set_xticks(range(len(names)), names)
        axis.set_xlim(-0.55, per_row - 0.45)
        axis.set_ylabel(ylabel)
        _plain(axis, "y")
    axes[0].set_title(title, loc="left")
    handles, labels = axes[0].get_legend_handles_labels()
    columns = min(len(labels), max(3, int(width / 1.4)))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    return saved(figure, format)


def _bar_styles(
    names: Sequence[str], greys: Collection[str], bounds: Collection[str]
) -> dict[str, dict[str, str]]:
    """Name → colour and hatch; hatches set apart a second round of the colours."""
    found, coloured, grey = {}, 0, 0
    for name in names:
        if name in bounds:
            colour, hatch = _BOUND
        elif name in greys:
            colour, hatch = _GREYS[grey % len(_GREYS)]
            grey += 1
        else:
            colour = _COLOURS[coloured % len(_COLOURS)]
            hatch = "" if coloured < len(_COLOURS) else "ooo"
            coloured += 1
        found[name] = {"color": colour, "hatch": hatch}
    return found


@styled
def forest(rows: Sequence[Difference], *, title: str, xlabel: str, format: Format = "svg") -> bytes:
    """Differences with their intervals, one under the other, grouped; a line marks zero."""
    from matplotlib.figure import Figure

    lines: list[Difference | str] = []
    for group in dict.fromkeys(row.group for row in rows):
        lines += [group, *(row for row in rows if row.group == group)]
    figure = Figure(figsize=(7.0, 1.1 + 0.24 * len(lines)), layout="constrained")
    axis = figure.subplots()
    axis.axvline(0, color=_INK, linewidth=0.8)
    for y, line in enumerate(lines):
        if isinstance(line, Difference):
            _interval(axis, y, line)
    axis.set_yticks(range(len(lines)), [line if isinstance(line, str) else line.label for line in lines])
    for label, line in zip(axis.get_yticklabels(), lines, strict=True):
        if isinstance(line, str) or line.kind == "primary":
            label.set_fontweight("bold")
    axis.set_ylim(len(lines) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    dotted = "; dotted: upper bound" if any(row.kind == "bound" for row in rows) else ""
    axis.set_xlabel(f"{xlabel}\nline: 95 % interval; filled: significant at 0.05 (corrected){dotted}")
    axis.set_title(title, loc="left")
    _plain(axis, "x")
    return saved(figure, format)


def _interval(axis: Axes, y: int, row: Difference) -> None:
    colour = {"primary": "#D55E00", "secondary": "#0072B2", "bound": "#777777"}[row.kind]
    style = ":" if row.kind == "bound" else "-"
    axis.plot([row.low, row.high], [y, y], color=colour, linestyle=style, linewidth=1.6, solid_capstyle="butt")
    axis.plot(
        row.value,
        y,
        marker="D" if row.kind == "primary" else "o",
        color=colour,
        markerfacecolor=colour if row.significant else "white",
        markersize=6,
    )


@styled
def curve(
    series: Mapping[str, Sequence[tuple[float, float]]],
    xlabel: str,
    ylabel: str,
    title: str,
    *,
    format: Format = "svg",
) -> bytes:
    """Lines of points (x, y): a measure over α, or over the number of queries.

    Every x is a tick. Where they span more than a factor of 20 they stand at equal distances, in
    their order: α from 0 and 0.001 to 0.9 would otherwise crowd at the left.

    Args:
        series: name → points, in any order.
    """
    from matplotlib.figure import Figure

    ticks = sorted({x for points in series.values() for x, _ in points})
    positive = [x for x in ticks if x > 0]
    even = len(positive) > 1 and positive[-1] > 20 * positive[0]
    at = {x: float(number) if even else x for number, x in enumerate(ticks)}
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axis = figure.subplots()
    for number, (name, points) in enumerate(series.items()):
        ordered = sorted(points)
        axis.plot(
            [at[x] for x, _ in ordered],
            [y for _, y in ordered],
            label=name,
            color=_COLOURS[number % (len(_COLOURS) - 1)],
            linestyle=_LINES[number % len(_LINES)],
            marker=_MARKERS[number % len(_MARKERS)],
            markersize=5,
        )
    axis.set_xticks([at[x] for x in ticks], [f"{x:g}" for x in ticks])
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.set_title(title, loc="left")
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=min(6, len(series)), frameon=False)
    _plain(axis, "both")
    return saved(figure, format)


def _plain(axis: Axes, grid: Literal["x", "y", "both"]) -> None:
    """No box, a faint grid behind what is drawn."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis=grid, color=_FAINT, linewidth=0.5)
    axis.set_axisbelow(True)


def saved(figure: Figure, format: Format) -> bytes:
    """A figure as bytes, without the date; called in a `styled` function, which sets the rest."""
    file = io.BytesIO()
    extra: dict[str, Any] = {"metadata": {"Date": None}} if format == "svg" else {"dpi": 110}
    figure.savefig(file, format=format, **extra)
    return file.getvalue()
