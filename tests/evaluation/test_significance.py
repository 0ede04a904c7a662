"""Significance against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from xqg.errors import XqgError
from xqg.evaluation.significance import bootstrap_interval, holm, paired_t_test, randomisation_test


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


def test_clustered_t_test_by_hand() -> None:
    # Clusters of sums 3, 0 and sizes 2, 1: N = 3, mean 1, residuals 1 and -1, so
    # SE² = 2/1 · (1 + 1) / 9 = 4/9 and t = 3/2 with one degree of freedom: p = 1 - 2·atan(t)/π.
    a, zero = {"x": 1.0, "y": 2.0, "z": 0.0}, dict.fromkeys("xyz", 0.0)
    p = paired_t_test(a, zero, {"x": "A", "y": "A", "z": "B"})
    assert p == pytest.approx(1 - 2 * math.atan(1.5) / math.pi)


def test_clusters_of_one_question_give_students_test() -> None:
    a = {"u": 0.1, "v": 0.5, "w": 0.25, "x": 1.0}
    b = {"u": 0.2, "v": 0.5, "w": 0.5, "x": 0.3}
    assert paired_t_test(a, b, {id_: id_ for id_ in a}) == pytest.approx(paired_t_test(a, b))


def test_repeating_questions_within_clusters_adds_no_evidence() -> None:
    a, zero = {"u": 0.3, "v": 0.5, "w": -0.1}, dict.fromkeys("uvw", 0.0)
    thrice = {f"{id_}{copy}": value for id_, value in a.items() for copy in range(3)}
    groups = {id_: id_[0] for id_ in thrice}
    p = paired_t_test(thrice, dict.fromkeys(thrice, 0.0), groups)
    assert p == pytest.approx(paired_t_test(a, zero))
    assert paired_t_test(thrice, dict.fromkeys(thrice, 0.0)) < p / 2


def test_clusters_without_evidence_or_without_variance() -> None:
    a, zero = {"x": 1.0, "y": 0.5}, {"x": 0.0, "y": 0.0}
    assert paired_t_test(a, zero, {"x": "A", "y": "A"}) == 1.0  # one cluster
    assert randomisation_test(a, zero, {"x": "A", "y": "A"}) == 1.0
    assert paired_t_test(a, a, {"x": "A", "y": "B"}) == 1.0
    one = {"x": 1.0, "y": 1.0}
    assert paired_t_test(one, zero, {"x": "A", "y": "B"}) == 0.0
    # 0.1 + 0.2 - 0.3 is not 0 in floating point; the difference still is.
    rest = {"x": 0.1, "y": 0.2, "z": -0.3}
    assert paired_t_test(rest, dict.fromkeys("xyz", 0.0), dict(zip("xyz", "AAA", strict=True))) == 1.0


def test_randomisation_test_by_hand() -> None:
    # Cluster sums 1, 2, 3: of the eight sums ±1±2±3 two have |T| = 6. With x and y in one cluster: 3 and
    # 3, and ±3±3 reaches 6 in two of four. With sums 1, 1, -2 the observed 0 is reached by all.
    a, zero = {"x": 1.0, "y": 2.0, "z": 3.0}, dict.fromkeys("xyz", 0.0)
    assert randomisation_test(a, zero) == 2 / 8
    assert randomisation_test(zero, a) == 2 / 8
    assert randomisation_test(a, zero, {"x": "A", "y": "A", "z": "B"}) == 2 / 4
    assert randomisation_test({"x": 1.0, "y": 1.0, "z": -2.0}, zero) == 1.0


def test_randomisation_test_agrees_with_scipy() -> None:
    import numpy as np
    from scipy import stats

    random = np.random.default_rng(1)
    differences = random.normal(0.2, 1.0, 12)
    a = {f"q{n}": float(value) for n, value in enumerate(differences)}
    zero = dict.fromkeys(a, 0.0)
    exact = stats.permutation_test(
        (differences, np.zeros(12)), lambda x, y: np.mean(x - y), permutation_type="samples",
        n_resamples=np.inf, vectorized=False,
    ).pvalue  # fmt: skip
    assert 0.01 < exact < 0.9
    assert randomisation_test(a, zero) == pytest.approx(exact)
    drawn = randomisation_test(a, zero, rounds=2_000)  # fewer than 2¹¹: sign vectors are drawn
    assert drawn != exact
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 2_000))
    assert drawn == randomisation_test(a, zero, rounds=2_000)
    assert drawn != randomisation_test(a, zero, rounds=2_000, seed=1)


def test_drawn_signs_never_give_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    a = {f"q{n}": 1.0 for n in range(40)}  # only 2 of 2⁴⁰ sign vectors are as extreme
    assert randomisation_test(a, dict.fromkeys(a, 0.0), rounds=999) == 1 / 1000
    monkeypatch.setattr("xqg.evaluation.clustered._CHUNK", 400)  # ten vectors at a time
    assert randomisation_test(a, dict.fromkeys(a, 0.0), rounds=999) == 1 / 1000


def test_randomisation_counts_equal_sums_whatever_the_rounding() -> None:
    # 0.1 + 0.2 is not 0.3 in floating point, yet all of |±0.3 ±(0.1 + 0.2) ±0.3| are 0.3 or 0.9.
    a = {"w": 0.3, "x": 0.1, "y": 0.2, "z": -0.3}
    groups = {"w": "A", "x": "B", "y": "B", "z": "C"}
    assert randomisation_test(a, dict.fromkeys(a, 0.0), groups) == 1.0


def test_exact_randomisation_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Sums 2, 1, -1: observed 2, which ±(2 + 1 - 1) and ±(2 - 1 + 1) equal and ±(2 + 1 + 1) exceeds.
    a = {"x": 2.0, "y": 1.0, "z": -1.0}
    for numbers_held in (4_000_000, 3):  # 3: one sign vector at a time
        monkeypatch.setattr("xqg.evaluation.clustered._CHUNK", numbers_held)
        assert randomisation_test(a, dict.fromkeys(a, 0.0)) == 3 / 4


def test_randomisation_test_refuses() -> None:
    with pytest.raises(XqgError, match="0 rounds"):
        randomisation_test({"x": 1.0, "y": 1.0}, {"x": 0.0, "y": 0.0}, rounds=0)
    with pytest.raises(XqgError, match="a randomisation test of 1 questions"):
        randomisation_test({"x": 1.0}, {"x": 0.0})
    with pytest.raises(XqgError, match="'y' has no cluster"):
        randomisation_test({"x": 1.0, "y": 1.0}, {"x": 0.0, "y": 0.0}, {"x": "A"})


def test_holm_by_hand() -> None:
    # Sorted .005, .01, .03, .04: 4·.005, 3·.01, 2·.03, and 1·.04 raised to the one before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([0.02, 0.02]) == pytest.approx([0.04, 0.04])
    assert holm([]) == []
    with pytest.raises(XqgError, match=r"1\.5 is not a p-value"):
        holm([0.1, 1.5])
    with pytest.raises(XqgError, match="nan is not a p-value"):
        holm([math.nan])


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
