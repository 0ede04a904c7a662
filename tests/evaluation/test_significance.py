"""Significance against values worked out by hand."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.evaluation import bootstrap_interval, paired_t_test


def test_t_test_by_hand() -> None:
    # Differences 1, 0, 2: mean 1, s = 1, t = √3 with two degrees of freedom, where
    # P(T > t) = 1/2 - t / (2·√(2 + t²)), so p = 1 - √3/√5.
    a = {"x": 1.0, "y": 1.0, "z": 2.0}
    b = {"z": 0.0, "y": 1.0, "x": 0.0}
    assert paired_t_test(a, b) == pytest.approx(1 - (3 / 5) ** 0.5)
    assert paired_t_test(b, a) == pytest.approx(1 - (3 / 5) ** 0.5)


def test_t_test_agrees_with_scipy() -> None:
    from scipy import stats

    a, b = [0.1, 0.5, 0.25, 1.0, 0.0], [0.2, 0.5, 0.5, 0.3, 0.1]
    expected = stats.ttest_rel(a, b).pvalue
    assert paired_t_test(
        dict(zip("vwxyz", a, strict=True)), dict(zip("vwxyz", b, strict=True))
    ) == pytest.approx(expected)


def test_t_test_without_variance() -> None:
    assert paired_t_test({"x": 0.5, "y": 1.0}, {"x": 0.5, "y": 1.0}) == 1.0
    assert paired_t_test({"x": 1.0, "y": 1.0}, {"x": 0.0, "y": 0.0}) == 0.0


def test_t_test_needs_the_same_questions_and_two_of_them() -> None:
    with pytest.raises(XqgError, match="'y' was measured on one side only"):
        paired_t_test({"x": 1.0, "y": 1.0}, {"x": 1.0})
    with pytest.raises(XqgError, match="two or more"):
        paired_t_test({"x": 1.0}, {"x": 1.0})


def test_bootstrap_draws_whole_clusters() -> None:
    # Cluster A: one question of value 0; cluster B: three of value 1. The four equally likely draws
    # give 0 (AA), 3/4 (AB, BA: sums 3 over 4 questions, not the mean 1/2 of the means) and 1 (BB).
    values = {"a": 0.0, "b1": 1.0, "b2": 1.0, "b3": 1.0}
    groups = {"a": "A", "b1": "B", "b2": "B", "b3": "B", "other": "C"}
    assert bootstrap_interval(values, groups) == (0.0, 1.0)
    assert bootstrap_interval(values, groups, level=0.4) == (0.75, 0.75)


def test_bootstrap_repeats_whatever_the_order_and_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {f"q{i}": float(i % 3) for i in range(40)}
    groups = {f"q{i}": str(i // 4) for i in range(40)}
    interval = bootstrap_interval(values, groups, resamples=500, seed=3)
    assert interval == bootstrap_interval(dict(reversed(values.items())), groups, resamples=500, seed=3)
    assert interval != bootstrap_interval(values, groups, resamples=500, seed=4)
    low, high = interval
    assert low < sum(values.values()) / 40 < high
    monkeypatch.setattr("xqg.evaluation.clustered._CHUNK", 70)  # seven resamples at a time
    assert bootstrap_interval(values, groups, resamples=500, seed=3) == pytest.approx(interval, abs=0.1)


def test_bootstrap_of_one_cluster_is_its_mean() -> None:
    assert bootstrap_interval({"a": 0.0, "b": 1.0}, {"a": "A", "b": "A"}) == (0.5, 0.5)


def test_bootstrap_refuses_what_it_cannot_resample() -> None:
    with pytest.raises(XqgError, match="no value"):
        bootstrap_interval({}, {})
    with pytest.raises(XqgError, match="'a' has no cluster"):
        bootstrap_interval({"a": 1.0}, {})
    with pytest.raises(XqgError, match="level"):
        bootstrap_interval({"a": 1.0}, {"a": "A"}, level=95)
    with pytest.raises(XqgError, match="0 resamples"):
        bootstrap_interval({"a": 1.0}, {"a": "A"}, resamples=0)
