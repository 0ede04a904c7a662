from __future__ import annotations

from xqg.evaluation import parse
from xqg.experiment.scale import POINTS, Scale


def test_shown() -> None:
    assert POINTS.shown(0.12345) == "12.3"
    assert POINTS.shown(0.016, "+") == "+1.6"
    assert Scale.of(parse("LanguageBias")).shown(12.34, "+") == "+12.3"


def test_a_measure_says_its_scale() -> None:
    bias = Scale.of(parse("LanguageBias"))
    assert (bias.unit, bias.higher_is_better, bias.of_differences, bias.symbol) == ("ranks", False, "ranks", "ranks")
    assert (bias.number(3.5), bias.best([3.0, 1.0, 2.0])) == (3.5, 1.0)
    for name in ("R@1", "RR@10", "EM", "R@2kt"):
        assert Scale.of(parse(name)) == POINTS
    assert (POINTS.of_differences, POINTS.symbol, POINTS.number(0.25), POINTS.best([0.1, 0.3])) == (
        "points", "%", 25.0, 0.3,
    )  # fmt: skip
