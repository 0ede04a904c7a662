"""What the plots hold; how they look is for the eye."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from xqg.experiment.report.plots import Difference, bars, curve, forest

BARS = {"none": [10.0, 20.0], "cross": [15.0, 30.0], "bm25": [5.0, 6.0], "gold": [40.0, 50.0]}
ROWS = [
    Difference("against none", "cross", 5.0, 3.0, 7.0, significant=True),
    Difference("against mono", "cross", 4.0, -1.0, 6.0, kind="primary"),
    Difference("against mono", "gold", 20.0, 18.0, 22.0, kind="bound"),
]
LINES = {"cross": [(0.4, 19.0), (0.0, 16.0), (0.01, 17.0)], "mono": [(0.0, 16.0), (0.4, 15.0)]}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that are drawn, kept for a look inside."""
    kept: list[Any] = []

    def keep(figure: Any, format: str) -> bytes:
        kept.append(figure)
        return b""

    monkeypatch.setattr("xqg.experiment.report.plots.saved", keep)
    return kept


def test_bars_have_the_values(figures: list[Any]) -> None:
    bars(BARS, ["fi", "ja"], title="t", ylabel="y", greys=["bm25"], bounds=["gold"])
    (axis,) = figures[0].axes
    heights = [bar.get_height() for container in axis.containers for bar in container]
    assert heights == [10, 20, 15, 30, 5, 6, 40, 50]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["fi", "ja"]
    assert [text.get_text() for text in figures[0].legends[0].get_texts()] == list(BARS)
    looks = {(bar[0].get_facecolor(), bar[0].get_hatch()) for bar in axis.containers}
    assert len(looks) == 4
    assert [bar[0].get_hatch() for bar in axis.containers][2:] == ["....", "///"]
    places = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for c in axis.containers for bar in c)
    for (_, end), (begin, _) in itertools.pairwise(places):
        assert begin >= end - 1e-9  # no bar hides another


def test_many_bars_go_on_in_another_row(figures: list[Any]) -> None:
    systems, languages = 12, [f"l{n}" for n in range(12)]
    series = {f"s{n}": [float(n * 12 + column) for column in range(12)] for n in range(systems)}
    bars(series, languages, title="t", ylabel="y")
    assert len(figures[0].axes) == 3
    shown = [label.get_text() for axis in figures[0].axes for label in axis.get_xticklabels()]
    assert shown == languages
    heights = sorted(bar.get_height() for axis in figures[0].axes for c in axis.containers for bar in c)
    assert heights == [float(n) for n in range(144)]
    looks = {(c[0].get_facecolor(), c[0].get_hatch()) for c in figures[0].axes[0].containers}
    assert len(looks) == systems


def test_forest_has_intervals_under_their_groups(figures: list[Any]) -> None:
    forest(ROWS, title="t", xlabel="points")
    (axis,) = figures[0].axes
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels == ["against none", "cross", "against mono", "cross", "gold"]
    lines = [line for line in axis.get_lines() if len(line.get_xdata()) == 2 and line.get_ydata()[0] > 0]
    assert [tuple(line.get_xdata()) for line in lines] == [(3, 7), (-1, 6), (18, 22)]
    markers = [line for line in axis.get_lines() if len(line.get_xdata()) == 1]
    assert [float(marker.get_xdata()[0]) for marker in markers] == [5, 4, 20]
    assert [marker.get_marker() for marker in markers] == ["o", "D", "o"]
    assert [marker.get_markerfacecolor() == "white" for marker in markers] == [False, True, True]
    assert "dotted: upper bound" in axis.get_xlabel()
    forest(ROWS[:1], title="t", xlabel="points")
    assert "dotted" not in figures[1].axes[0].get_xlabel()


def test_curves_sort_their_points_and_spread_alpha_evenly(figures: list[Any]) -> None:
    curve(LINES, "α", "RR@10", "t")
    curve({"n": [(1, 10.0), (10, 17.0), (5, 15.0)]}, "n", "R@1", "t")
    (alpha,), (number,) = figures[0].axes, figures[1].axes
    assert [label.get_text() for label in alpha.get_xticklabels()] == ["0", "0.01", "0.4"]
    cross, mono = alpha.get_lines()
    assert (list(cross.get_xdata()), list(cross.get_ydata())) == ([0, 1, 2], [16, 17, 19])
    assert list(mono.get_xdata()) == [0, 2]
    assert cross.get_marker() != mono.get_marker()
    assert list(number.get_lines()[0].get_xdata()) == [1, 5, 10]  # ten times as much: as it is
    assert (len(figures[0].legends), len(figures[1].legends)) == (1, 0)


@pytest.mark.parametrize("format", ["svg", "png"])
def test_the_same_bytes_again(format: Any) -> None:
    drawn = [
        (
            bars(BARS, ["fi", "ja"], title="t", ylabel="y", format=format),
            forest(ROWS, title="t", xlabel="x", format=format),
            curve(LINES, "α", "y", "t", format=format),
        )
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]
    for plot in drawn[0]:
        assert plot.startswith(b"<?xml" if format == "svg" else b"\x89PNG")
    if format == "svg":
        for plot in drawn[0]:
            text = plot.decode()
            assert "<dc:date" not in text
            assert not re.search(r'href="(?!#|data:)', text)


def test_whatever_the_users_own_settings() -> None:
    import matplotlib

    own = {"hatch.linewidth": 3.0, "font.family": "monospace", "axes.facecolor": "#000000", "lines.linewidth": 9.0}
    drawn = []
    for settings in ({}, own):
        with matplotlib.rc_context(settings):
            drawn.append(
                (
                    bars(BARS, ["fi", "ja"], title="t", ylabel="y", greys=["bm25"], bounds=["gold"]),
                    forest(ROWS, title="t", xlabel="x"),
                    curve(LINES, "α", "y", "t"),
                )
            )
            assert all(matplotlib.rcParams[name] == value for name, value in settings.items() if name != "font.family")
    assert drawn[0] == drawn[1]


def test_one_series_one_category_one_row_one_point(figures: list[Any]) -> None:
    bars({"cross": [15.0]}, ["fi"], title="t", ylabel="y")
    forest([Difference("against mono", "cross", 0.0, 0.0, 0.0, kind="primary")], title="t", xlabel="x")
    curve({"cross": [(0.0, 16.0)]}, "α", "y", "t")
    assert [bar.get_height() for container in figures[0].axes[0].containers for bar in container] == [15.0]
    assert [label.get_text() for label in figures[1].axes[0].get_yticklabels()] == ["against mono", "cross"]
    assert [label.get_text() for label in figures[2].axes[0].get_xticklabels()] == ["0"]


@pytest.mark.parametrize("format", ["svg", "png"])
def test_the_smallest_plots_can_be_saved(format: Any) -> None:
    start = b"<?xml" if format == "svg" else b"\x89PNG"
    assert bars({"cross": [0.0]}, ["fi"], title="t", ylabel="y", format=format).startswith(start)
    row = Difference("against mono", "cross", 0.0, 0.0, 0.0)
    assert forest([row], title="t", xlabel="x", format=format).startswith(start)
    assert curve({"cross": [(0.0, 16.0)]}, "α", "y", "t", format=format).startswith(start)
