from __future__ import annotations

import pytest

from tiny_comparison import tiny_benchmark, tiny_comparison
from xqg.errors import XqgError
from xqg.evaluation.significance import holm, paired_t_test
from xqg.experiment.contrasts import MEAN, contrasts, mean_values
from xqg.experiment.evaluation import Outcome
from xqg.experiment.settings import Setting

pytestmark = pytest.mark.usefixtures("known_chance")


def test_the_primary_contrast_by_hand() -> None:
    # cross - mono is 1 for q modulo 10 in 2..5, else 0: 48 of 120 questions, 24 of 60 clusters.
    found = tiny_comparison().views[0].primary
    assert found is not None
    assert (found.arm, found.versus, found.query_language, found.measure) == ("cross", "mono", MEAN, "R@1")
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


def test_only_the_asked_setting_has_a_primary_contrast() -> None:
    asked, variant = tiny_comparison().views
    assert [contrast.primary for contrast in asked.contrasts].count(True) == 1
    assert variant.primary is None
    assert not any(contrast.primary for contrast in variant.contrasts)


def test_secondary_contrasts_are_corrected_together() -> None:
    for view in tiny_comparison().views:
        secondary = [contrast for contrast in view.contrasts if not contrast.primary]
        adjusted = holm([contrast.p_clustered for contrast in secondary])
        assert [contrast.p_holm for contrast in secondary] == adjusted
        assert any(c.p_clustered < 0.05 <= (c.p_holm or 0) for c in secondary)  # the correction matters here
        for contrast in secondary:
            assert contrast.significant == ((contrast.p_holm or 0) < 0.05)


def test_which_systems_are_compared() -> None:
    found = tiny_comparison(measures="R@1").views[0].contrasts
    pairs = {
        language: [(c.arm, c.versus) for c in found if c.query_language == language]
        for language in ("en", "fi", "ja", MEAN)
    }
    others = ["target-n", "cross", "shuffled", "gold", "bm25", "rrf-cross"]
    expected = [*((a, "none") for a in ["mono", *others]), *((a, "mono") for a in others)]
    assert pairs["en"] == pairs["fi"] == pairs["ja"] == expected
    assert pairs[MEAN] == [*expected, ("cross", "shuffled")]


def test_without_references_there_is_no_contrast() -> None:
    assert tiny_comparison(("cross", "gold")).views[0].contrasts == ()
    only = tiny_comparison(("mono", "cross")).views[0].contrasts
    assert {(c.arm, c.versus) for c in only} == {("cross", "mono")}


def test_means_of_questions_that_are_not_parallel() -> None:
    # One question in fi, three in ja: the mean over languages weighs fi's as much as all of ja's.
    outcome = Outcome(Setting("raw", 0.1))
    outcome.values["cross", "fi"] = {"R@1": {"a": 1.0}}
    outcome.values["cross", "ja"] = {"R@1": {"b": 0.0, "c": 0.5, "d": 1.0}}
    found = mean_values(outcome, "cross", "R@1", ("fi", "ja"))
    assert found == pytest.approx({"a": 2.0, "b": 0.0, "c": 1 / 3, "d": 2 / 3})
    assert sum(found.values()) / 4 == pytest.approx((1.0 + 0.5) / 2)
    # A question that both languages have counts in both: the average of its values.
    outcome.values["cross", "fi"] = {"R@1": {"b": 1.0, "c": 0.0, "d": 1.0}}
    assert mean_values(outcome, "cross", "R@1", ("fi", "ja")) == pytest.approx({"b": 0.5, "c": 0.25, "d": 1.0})


def test_the_difference_is_that_of_the_table() -> None:
    comparison = tiny_comparison()
    view = comparison.views[0]
    for contrast in view.contrasts:
        means = [view.means[name, contrast.query_language, contrast.measure] for name in (contrast.arm, contrast.versus)]
        assert contrast.difference == pytest.approx(means[0] - means[1])


def test_systems_measured_on_other_questions_are_refused() -> None:
    comparison = tiny_comparison(("none", "cross"))
    outcome = comparison.outcomes[0]
    del outcome.values["cross", "fi"]["R@1"]["q3"]
    with pytest.raises(XqgError, match=r"cross and none were not measured \(R@1\) on the same questions"):
        comparison.views  # noqa: B018


def test_more_questions_than_the_others_are_refused_too() -> None:
    # q1 is asked in ja alone; cross was measured on it in fi as well.
    outcome = Outcome(Setting("raw", 0.1))
    for name in ("none", "cross"):
        outcome.values[name, "fi"] = {"R@1": {"q0": 1.0}}
        outcome.values[name, "ja"] = {"R@1": {"q0": 0.0, "q1": 1.0}}
    assert mean_values(outcome, "none", "R@1", ("fi", "ja")) == {"q0": 1.0, "q1": 0.5}
    outcome.values["cross", "fi"]["R@1"]["q1"] = 1.0
    with pytest.raises(XqgError, match="on the same questions"):
        contrasts(outcome, ["none", "cross"], [], ["fi", "ja"], ["R@1"], tiny_benchmark().groups, "R@1")


def test_cross_against_each_control_in_the_mean_only() -> None:
    outcome = Outcome(Setting("raw", 0.1))
    shares = {"none": 0.0, "mono": 0.25, "cross": 1.0, "chunks": 0.5, "shuffled": 0.75}
    for name, share in shares.items():
        for code in ("fi", "ja"):
            outcome.values[name, code] = {"R@1": {f"q{n}": share for n in range(4)}}
    groups = {f"q{n}": f"c{n}" for n in range(4)}
    found = contrasts(outcome, list(shares), ["fi", "ja"], ["fi", "ja"], ["R@1"], groups, "R@1")
    controls = [c for c in found if c.versus in ("chunks", "shuffled")]
    assert [(c.arm, c.versus, c.query_language, c.difference) for c in controls] == [
        ("cross", "shuffled", MEAN, 0.25), ("cross", "chunks", MEAN, 0.5),
    ]  # fmt: skip
    assert not any(c.primary for c in controls)


def test_one_question_gives_no_contrast() -> None:
    outcome = Outcome(Setting("raw", 0.1))
    for name in ("none", "cross"):
        outcome.values[name, "fi"] = {"R@1": {"q0": 1.0}}
    groups = tiny_benchmark().groups
    assert contrasts(outcome, ["none", "cross"], ["fi"], ["fi"], ["R@1"], groups, "R@1") == []
