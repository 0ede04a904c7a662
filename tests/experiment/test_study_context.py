from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import bootstrap_interval
from xqg.experiment.scale import POINTS
from xqg.experiment.study_context import Context, Interval, Scores, arm_of


def scores(arm: str, values: list[float], alphas: tuple[float, ...] = (0.1,)) -> Scores:
    per_question = {"R@1": {f"q{n}": value for n, value in enumerate(values)}}
    return Scores(arm, 4, "raw", alphas, {("fi", "R@1"): 0.25}, per_question)


def test_difference_resamples_clusters(tiny: Benchmark) -> None:
    context = Context(SimpleNamespace(benchmark=tiny), None, {}, 10)  # type: ignore[arg-type]
    cross, mono = scores("cross", [1, 1, 0, 1, 0, 0]), scores("mono", [0, 0, 0, 0, 1, 0])
    found = context.difference(cross, mono, "R@1")
    assert found.value == pytest.approx(2 / 6)  # clusters: +2, +1, -1 of two questions each
    low, high = bootstrap_interval({f"q{n}": d for n, d in enumerate([1, 1, 0, 1, -1, 0])}, tiny.groups)
    assert (found.low, found.high) == (low, high) == (-0.5, 1.0)
    # t = (2/6) / SE, SE² = 3/2·((4/3)² + (1/3)² + (5/3)²)/6², 2 degrees of freedom
    assert found.p == pytest.approx(0.5286, abs=1e-4)


def test_alpha_and_interval_in_words() -> None:
    assert scores("cross", [1], (0.2, 0.05, 0.2, 0.2, 0.2)).shown_alpha == "0.05, 0.2"
    assert scores("cross", [1], (0.9, 0.7)).shown_alpha == "0.7, 0.9!"
    assert scores("none", [1], (0.0,)).shown_alpha == "0"
    assert scores("cross", [1], (0.2, 0.2)).stated_alpha == 0.2
    assert scores("cross", [1], (0.2, 0.1)).stated_alpha == [0.2, 0.1]
    assert Interval(0.0161, 0.009, 0.0221, 0.01).shown(POINTS) == "+1.6 [+0.9, +2.2]"


def test_rows_state_the_setting() -> None:
    fixed: dict[str, Any] = {
        "arm": "cross",
        "measure": "R@1",
        "fusion": "raw",
        "aggregation": "sum",
        "alpha": 0.1,
        "K": 4,
    }
    assert scores("cross", [1, 0]).rows(["fi"], n=2) == [
        {**fixed, "query_language": "mean", "value": 0.5, "n": 2},
        {**fixed, "query_language": "fi", "value": 0.25, "n": 2},
    ]


def test_only_systems_that_add_queries_to_vectors_are_studied() -> None:
    assert (arm_of("cross").name, arm_of("none").weighted) == ("cross", False)
    with pytest.raises(XqgError, match="system 'bm25' adds no queries to vectors"):
        arm_of("bm25")
