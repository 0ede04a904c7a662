from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Run, parse_many
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.setting import Setting
from xqg.experiment.system import SYSTEMS, System, Task
from xqg.experiment.trial import Trial, run_setting
from xqg.experiment.tuning import Tuned

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=1)


@pytest.fixture
def trial(tiny: Benchmark) -> Trial:
    """Passage r is the r-th unit vector, and so is question r; queries point one passage on."""
    unit = np.eye(6, dtype=np.float32)
    on = QueryVectors.of(np.roll(unit, 1, axis=1) * 2, [1] * 6)
    parts = Parts(PLAN, unit, ["en"] * 6, {"fi": on, "ja": on})
    asked = {code: (tiny.questions_in(code), unit) for code in PLAN.query_languages}
    systems = [SYSTEMS["none"](), SYSTEMS["cross"]()]
    return Trial(tiny, systems, parts, asked, parse_many("R@1 RR@10"), depth=3)


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


class Over(System):
    """Hands back the run of another system, or a fixed ranking, and counts its own."""

    def __init__(self, other: str | None) -> None:
        self.name, self.uses, self.runs = f"over {other}", () if other is None else (other,), 0  # type: ignore[misc]
        self.depths: list[set[int]] = []

    @property
    def dense(self) -> str | None:
        return self.uses[0] if self.uses else None

    def rank(self, task: Task) -> Run:
        self.runs += 1
        if self.dense is None:
            return {f"q{number}": [("p0", 1.0)] for number in range(6)}
        dense = task.run_of(self.dense)
        self.depths.append({len(found) for found in dense.values()})
        return {id_: found[:3] for id_, found in dense.items()}


def test_other_systems_stand_beside_the_vectors(trial: Trial) -> None:
    free, over = Over(None), Over("cross")
    both = dataclasses.replace(trial, systems=[*trial.systems, free, over])
    first = run_setting(Setting("raw", 0.5), both, {})
    second = run_setting(Setting("raw", 0.0), both, {})
    assert first.runs["over cross", "fi"] == first.runs["cross", "fi"]
    assert first.values["over cross", "fi"] != second.values["over cross", "fi"]
    assert first.values["over None", "ja"]["R@1"] == {"q0": 1.0, **{f"q{n}": 0.0 for n in range(1, 6)}}
    assert second.runs["over None", "ja"] == first.runs["over None", "ja"]
    assert (free.runs, over.runs) == (3, 6)  # languages; languages times settings
    assert over.depths == [{6}] * 6  # the whole pool, though measures need only 3
    assert {len(found) for found in first.runs["cross", "fi"].values()} == {3}


def test_a_run_that_another_needs_first_is_made_once(trial: Trial) -> None:
    """A system may use one that stands after it in the table, and one that uses another."""

    class Counted(type(SYSTEMS["cross"]())):  # type: ignore[misc]
        ranked: ClassVar[list[str]] = []

        def rank(self, task: Task) -> Run:
            self.ranked.append(task.language)
            return super().rank(task)

    over, twice = Over("cross"), Over("over cross")
    some = dataclasses.replace(trial, systems=[twice, over, Counted()])
    outcome = run_setting(Setting("raw", 0.5), some, {})
    assert Counted.ranked == ["en", "fi", "ja"]
    assert outcome.runs["over over cross", "fi"] == outcome.runs["cross", "fi"]
    assert [name for name, language in outcome.runs if language == "fi"] == ["over over cross", "over cross", "cross"]


def test_what_a_system_ranks_with(trial: Trial) -> None:
    class Seen(System):
        name = "seen"
        uses = ("none",)
        tasks: ClassVar[list[Task]] = []

        def rank(self, task: Task) -> Run:
            self.tasks.append(task)
            task.kept["any key", task.language] = {}
            return task.run_of("none")

    texts = {"ja": {"p0": ["日本"]}}
    some = dataclasses.replace(trial, systems=[Seen(), *trial.systems], queries=texts)
    outcome = run_setting(Setting("normalised", 0.25, "mean"), some, {})
    english, _, japanese = Seen.tasks
    assert [task.language for task in Seen.tasks] == ["en", "fi", "ja"]
    assert [question.text for question in japanese.questions] == [f"ja thing {n}" for n in range(6)]
    assert japanese.vectors.tolist() == np.eye(6).tolist()
    assert japanese.passages == trial.benchmark.passages
    assert (japanese.depth, japanese.alphas, japanese.queries) == (3, [0.25] * 6, texts)
    assert japanese.setting == Setting("normalised", 0.25, "mean")
    assert (japanese.plan, japanese.parts) == (PLAN, some.parts)
    assert list(japanese.kept) == [("any key", "en"), ("any key", "fi"), ("any key", "ja")]
    assert english.kept is japanese.kept
    # The run that it hands on ends nowhere; its own is cut to what is measured.
    assert {len(ranking) for ranking in japanese.run_of("none").values()} == {6}
    assert {len(ranking) for ranking in outcome.runs["seen", "ja"].values()} == {3}


def test_a_question_is_ranked_with_its_own_alpha(trial: Trial) -> None:
    tuned = {"cross": Tuned((0.5, 0.0), {f"q{n}": n % 2 for n in range(6)})}
    mixed = run_setting(Setting("raw", None), trial, tuned)
    half, zero = (run_setting(Setting("raw", alpha), trial, {}) for alpha in (0.5, 0.0))
    run = mixed.runs["cross", "fi"]
    assert list(run) == [f"q{n}" for n in range(6)]
    for number in range(6):
        same = (half, zero)[number % 2].runs["cross", "fi"][f"q{number}"]
        assert run[f"q{number}"] == same
    assert half.runs["cross", "fi"]["q0"] != zero.runs["cross", "fi"]["q0"]
    assert mixed.tuned == tuned
    assert run_setting(Setting("raw", 0.5), trial, tuned).tuned == {}  # a fixed α stays that


def test_the_cost_is_counted_by_stage(trial: Trial) -> None:
    run_setting(Setting("raw", 0.5), trial, {})
    seconds = trial.cost.seconds
    assert seconds["ranking"] > 0
    assert seconds["measuring"] > 0
    assert seconds["generating"] == 0


@pytest.mark.parametrize(
    ("run", "says"),
    [
        ({"q0": [("p0", 1.0)]}, "system mine did not rank passages for question 'q1' in 'en'"),
        ([("q0", "p0")], "system mine gave list; return question id → "),
        (None, "system mine gave NoneType"),
        ({f"q{n}": [("p9", 1.0)] for n in range(6)}, "passage 'p9' is not one of tiny's"),
        ({f"q{n}": [] for n in range(6)}, "the run is empty"),
    ],
)
def test_a_run_that_is_none(trial: Trial, run: object, says: str) -> None:
    class Mine(System):
        name = "mine"

        def rank(self, task: Task) -> Run:
            return run  # type: ignore[return-value]

    with pytest.raises(XqgError, match=says):
        run_setting(Setting("raw", 0.5), dataclasses.replace(trial, systems=[Mine()]), {})
