from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Run, parse_many
from xqg.experiment.arms import ARMS
from xqg.experiment.baselines import BASELINES
from xqg.experiment.evaluation import Trial, run_setting
from xqg.experiment.outcomes import settings_of
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.settings import Setting

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=1)


def test_every_combination_once_the_asked_one_first() -> None:
    names = [setting.name for setting in settings_of(("sum", "mean", "max"), None, "normalised")]
    assert names == [
        "normalised-tuned", "raw-tuned", "normalised-alpha-0.01", "raw-alpha-0.01",
        "normalised-tuned-mean", "raw-tuned-mean", "normalised-alpha-0.01-mean", "raw-alpha-0.01-mean",
        "normalised-max", "raw-max",
    ]  # fmt: skip
    assert [setting.name for setting in settings_of(("max",), 0.1, "raw")] == ["raw-max", "normalised-max"]


@pytest.fixture
def trial(tiny: Benchmark) -> Trial:
    """Passage r is the r-th unit vector, and so is question r; queries point one passage on."""
    unit = np.eye(6, dtype=np.float32)
    on = QueryVectors.of(np.roll(unit, 1, axis=1) * 2, [1] * 6)
    parts = Parts(PLAN, unit, ["en"] * 6, {"fi": on, "ja": on})
    asked = {code: (tiny.questions_in(code), unit) for code in PLAN.query_languages}
    return Trial(tiny, [ARMS["none"], ARMS["cross"]], parts, asked, parse_many("R@1 RR@10"), depth=3)


def test_each_aggregation_ranks(trial: Trial) -> None:
    def found(setting: Setting) -> tuple[list[tuple[str, float]], float]:
        outcome = run_setting(setting, trial, {})
        return outcome.runs["cross", "fi"]["q1"], outcome.values["cross", "fi"]["R@1"]["q1"]

    # Passage 1 and the queries of passage 0 (one in fi, one in ja, each of length 2) match question 1.
    run, hit = found(Setting("raw", 0.5))
    assert run[:2] == [("p0", 2.0), ("p1", 0.5)]  # 0.5·(2 + 2), 0.5·1
    assert (len(run), hit) == (3, 0.0)
    assert found(Setting("raw", 0.5, "mean"))[0][:2] == [("p0", 1.0), ("p1", 0.5)]
    assert found(Setting("raw", None, "max"))[0][:2] == [("p0", 2.0), ("p1", 1.0)]
    run, hit = found(Setting("normalised", None, "max"))
    assert run[:2] == [("p1", 1.0), ("p0", 1.0)]
    assert hit == 1.0  # equal scores: the larger id first


class Given:
    """A baseline that hands back what it is given, or a fixed ranking, and counts its runs."""

    def __init__(self, dense: str | None) -> None:
        self.name, self.dense, self.runs, self.depths = f"over {dense}", dense, 0, []

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        return {}

    def count(self, plan: Plan) -> int:
        return 0

    def run(self, context: object, language: str, dense: Run | None = None) -> Run:
        self.runs += 1
        if dense is None:
            return {f"q{number}": [("p0", 1.0)] for number in range(6)}
        self.depths.append({len(found) for found in dense.values()})
        return {id_: found[:3] for id_, found in dense.items()}


def test_baselines_stand_beside_the_arms(trial: Trial) -> None:
    free, over = Given(None), Given("cross")
    both = dataclasses.replace(trial, baselines=[free, over])
    first = run_setting(Setting("raw", 0.5), both, {})
    second = run_setting(Setting("raw", 0.0), both, {})
    assert first.runs["over cross", "fi"] == first.runs["cross", "fi"]
    assert first.values["over cross", "fi"] != second.values["over cross", "fi"]
    assert first.values["over None", "ja"]["R@1"] == {"q0": 1.0, **{f"q{n}": 0.0 for n in range(1, 6)}}
    assert second.runs["over None", "ja"] == first.runs["over None", "ja"]
    assert (free.runs, over.runs) == (3, 6)  # languages; languages times settings
    assert over.depths == [{6}] * 6  # the whole pool, though measures need only 3
    assert {len(found) for found in first.runs["cross", "fi"].values()} == {3}


def test_a_baseline_over_an_arm_that_did_not_run(trial: Trial) -> None:
    with pytest.raises(XqgError, match="baseline rrf-cross needs arm cross"):
        run_setting(
            Setting("raw", 0.5),
            dataclasses.replace(trial, arms=[ARMS["none"]], baselines=[BASELINES["rrf-cross"]]),
            {},
        )
