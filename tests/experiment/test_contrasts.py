from __future__ import annotations

import pytest

from tiny_results import GROUPS, Values, primary_of, tiny_results
from xqg.errors import XqgError
from xqg.evaluation.significance import holm, paired_t_test
from xqg.experiment.contrasts import MEAN, contrasts, mean_values, p_words
from xqg.experiment.scale import POINTS

R1 = {"R@1": POINTS}


def test_the_primary_contrast_by_hand() -> None:
    # cross - mono is 1 for q modulo 10 in 2..5, else 0: 48 of 120 questions, 24 of 60 clusters.
    found = primary_of(tiny_results().views[0])
    assert found is not None
    assert (found.system, found.versus, found.query_language, found.measure) == ("cross", "mono", MEAN, "R@1")
    assert found.difference == pytest.approx(0.4)
    assert (found.questions, found.clusters) == (120, 60)
    values = {f"q{n}": float(2 <= n % 10 <= 5) for n in range(120)}
    zero = dict.fromkeys(values, 0.0)
    assert found.p == pytest.approx(paired_t_test(values, zero))
    # The two questions of a cluster are alike: the test sees 60 observations, not 120.
    once = {id_: values[id_] for id_ in list(values)[:60]}
    assert found.p_clustered == pytest.approx(paired_t_test(once, dict.fromkeys(once, 0.0)))
    assert found.p_clustered > found.p
    # All 24 clusters that differ do so in one direction: none of 100,000 drawn sign vectors is like that.
    assert found.p_randomisation == 1 / 100_001
    sd = (0.4 * 0.6 / 60) ** 0.5  # of the mean of 60 draws of 0 or 1
    assert found.low == pytest.approx(0.4 - 1.96 * sd, abs=0.02)
    assert found.high == pytest.approx(0.4 + 1.96 * sd, abs=0.02)
    assert found.p_holm is None
    assert found.to_dict()["primary"] is True
    assert list(found.to_dict()) == [
        "arm", "versus", "query_language", "measure", "difference", "low", "high", "p", "p_clustered",
        "p_randomisation", "p_holm", "questions", "clusters", "primary",
    ]  # fmt: skip


def test_only_the_asked_setting_has_a_primary_contrast() -> None:
    asked, variant = tiny_results().views
    assert [contrast.primary for contrast in asked.contrasts].count(True) == 1
    assert primary_of(variant) is None
    assert not any(contrast.primary for contrast in variant.contrasts)


def test_secondary_contrasts_are_corrected_together() -> None:
    for view in tiny_results().views:
        secondary = [contrast for contrast in view.contrasts if not contrast.primary]
        adjusted = holm([contrast.p_clustered for contrast in secondary])
        assert [contrast.p_holm for contrast in secondary] == adjusted
        assert any(c.p_clustered < 0.05 <= (c.p_holm or 0) for c in secondary)  # the correction matters here
        for contrast in secondary:
            assert contrast.significant == ((contrast.p_holm or 0) < 0.05)


def test_which_systems_are_compared() -> None:
    found = tiny_results(measures="R@1").views[0].contrasts
    pairs = {
        language: [(c.system, c.versus) for c in found if c.query_language == language]
        for language in ("en", "fi", "ja", MEAN)
    }
    others = ["target-n", "cross", "shuffled", "gold", "bm25", "rrf-cross"]
    expected = [*((a, "none") for a in ["mono", *others]), *((a, "mono") for a in others)]
    assert pairs["en"] == pairs["fi"] == pairs["ja"] == expected
    assert pairs[MEAN] == [*expected, ("cross", "shuffled")]


def test_without_references_there_is_no_contrast() -> None:
    assert tiny_results(("cross", "gold")).views[0].contrasts == ()
    only = tiny_results(("mono", "cross")).views[0].contrasts
    assert {(c.system, c.versus) for c in only} == {("cross", "mono")}


def test_means_of_questions_that_are_not_parallel() -> None:
    # One question in fi, three in ja: the mean over languages weighs fi's as much as all of ja's.
    values: Values = {}
    values["cross", "fi"] = {"R@1": {"a": 1.0}}
    values["cross", "ja"] = {"R@1": {"b": 0.0, "c": 0.5, "d": 1.0}}
    found = mean_values(values, "cross", "R@1", ("fi", "ja"))
    assert found == pytest.approx({"a": 2.0, "b": 0.0, "c": 1 / 3, "d": 2 / 3})
    assert sum(found.values()) / 4 == pytest.approx((1.0 + 0.5) / 2)
    # A question that both languages have counts in both: the average of its values.
    values["cross", "fi"] = {"R@1": {"b": 1.0, "c": 0.0, "d": 1.0}}
    assert mean_values(values, "cross", "R@1", ("fi", "ja")) == pytest.approx({"b": 0.5, "c": 0.25, "d": 1.0})


def test_the_difference_is_that_of_the_table() -> None:
    view = tiny_results().views[0]
    for contrast in view.contrasts:
        means = [view.means[name, contrast.query_language, contrast.measure] for name in (contrast.system, contrast.versus)]
        assert contrast.difference == pytest.approx(means[0] - means[1])


def test_systems_measured_on_other_questions_are_refused() -> None:
    results = tiny_results(("none", "cross"))
    del results.values["normalised-tuned", 0]["cross", "fi"]["R@1"]["q3"]  # type: ignore[attr-defined]
    with pytest.raises(XqgError, match=r"cross and none were not measured \(R@1\) on the same questions"):
        results.views  # noqa: B018


def test_more_questions_than_the_others_are_refused_too() -> None:
    # q1 is asked in ja alone; cross was measured on it in fi as well.
    values: Values = {}
    for name in ("none", "cross"):
        values[name, "fi"] = {"R@1": {"q0": 1.0}}
        values[name, "ja"] = {"R@1": {"q0": 0.0, "q1": 1.0}}
    assert mean_values(values, "none", "R@1", ("fi", "ja")) == {"q0": 1.0, "q1": 0.5}
    values["cross", "fi"]["R@1"]["q1"] = 1.0
    with pytest.raises(XqgError, match="on the same questions"):
        contrasts(values, ["none", "cross"], [], ["fi", "ja"], R1, GROUPS, "R@1")


def test_cross_against_each_control_in_the_mean_only() -> None:
    values: Values = {}
    shares = {"none": 0.0, "mono": 0.25, "cross": 1.0, "chunks": 0.5, "shuffled": 0.75}
    for name, share in shares.items():
        for code in ("fi", "ja"):
            values[name, code] = {"R@1": {f"q{n}": share for n in range(4)}}
    groups = {f"q{n}": f"c{n}" for n in range(4)}
    found = contrasts(values, list(shares), ["fi", "ja"], ["fi", "ja"], R1, groups, "R@1")
    controls = [c for c in found if c.versus in ("chunks", "shuffled")]
    assert [(c.system, c.versus, c.query_language, c.difference) for c in controls] == [
        ("cross", "shuffled", MEAN, 0.25), ("cross", "chunks", MEAN, 0.5),
    ]  # fmt: skip
    assert not any(c.primary for c in controls)


def test_one_question_gives_no_contrast() -> None:
    values: Values = {}
    for name in ("none", "cross"):
        values[name, "fi"] = {"R@1": {"q0": 1.0}}
    assert contrasts(values, ["none", "cross"], ["fi"], ["fi"], R1, GROUPS, "R@1") == []


@pytest.mark.parametrize(
    ("p", "text"), [(0.0, "p < 1e-15"), (1.0, "p = 1"), (0.01234, "p = 0.012"), (4e-5, "p = 4e-05")]
)
def test_p_in_words(p: float, text: str) -> None:
    assert p_words(p) == text


def test_a_contrast_in_words() -> None:
    view = tiny_results().views[0]
    primary = primary_of(view)
    assert primary is not None
    low, high = (f"{100 * end:+.1f}" for end in (primary.low, primary.high))
    p = p_words(primary.p_clustered)
    assert str(primary) == f"+40.0 ({low} to {high}), {p}"
    assert repr(primary) == f"<cross - mono, R@1, mean: {primary}>"
    secondary = view.contrast("bm25", "none", "fi", "R@1")
    assert secondary is not None
    assert secondary.p_holm is not None
    assert secondary.p_clustered < secondary.p_holm
    assert str(secondary).endswith(p_words(secondary.p_holm))  # the one that decides
    assert not secondary.improves
