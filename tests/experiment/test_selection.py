from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import xqg
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Run
from xqg.experiment.plan import Plan
from xqg.experiment.query_source import QueryFile
from xqg.experiment.selection import Selection, wanted_systems
from xqg.experiment.system import System, Task
from xqg.experiment.systems.cross import CrossLingual

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)
ARMS = ["none", "mono", "target-n", "cross", "target", "chunks", "shuffled", "gold"]
BASELINES = ["bm25", "doc2query", "rrf", "rrf-cross"]


class Mine(System):
    name = "mine"

    def rank(self, task: Task) -> Run:
        return {}


class Nameless(Mine):
    name = None  # type: ignore[assignment]


class Spaced(Mine):
    name = "my own"


def names(systems: object) -> list[str]:
    return [system.name for system in systems]  # type: ignore[attr-defined]


def arms(selection: Selection) -> list[str]:
    return [system.name for system in selection.systems if system.augmented]


def baselines(selection: Selection) -> list[str]:
    return [system.name for system in selection.systems if not system.augmented]


def select(
    benchmark: Benchmark,
    plan: Plan = PLAN,
    file: QueryFile | None = None,
    *,
    generator: bool = False,
    exact: bool = True,
    **asked: Any,
) -> Selection:
    """As a comparison does, without a baseline unless one is asked for."""
    wanted = wanted_systems(**({"baselines": "none"} if "systems" not in asked else {}) | asked)
    return Selection.of(wanted, benchmark, plan, file, generator=generator, exact=exact)


# Names and objects


def test_systems_come_in_the_order_of_the_table() -> None:
    wanted = wanted_systems(arms="gold,cross,none", baselines="rrf, bm25")
    assert names(wanted.required) == ["none", "cross", "gold", "bm25", "rrf"]
    assert (list(wanted.optional), wanted.skipped) == ([], {})
    assert names(wanted_systems(["bm25", "cross", "none"]).required) == ["none", "cross", "bm25"]
    assert names(wanted_systems("bm25,cross,none").required) == ["none", "cross", "bm25"]


def test_all_and_none() -> None:
    wanted = wanted_systems(arms="all", baselines="all")
    assert (names(wanted.optional), list(wanted.required), wanted.skipped) == ([*ARMS, *BASELINES], [], {})
    alone = wanted_systems(arms="none", baselines="none")
    assert (names(alone.required), list(alone.optional)) == (["none"], [])  # `none` is an arm and no baseline
    assert names(wanted_systems(arms=["none"], baselines=[]).required) == ["none"]


def test_by_default_all_but_target() -> None:
    wanted = wanted_systems()
    assert names(wanted.optional) == [*(name for name in ARMS if name != "target"), *BASELINES]
    assert wanted.skipped == {"target": "not among the default arms; ask for it by name, or for all arms"}


def test_objects_and_classes_stand_beside_names() -> None:
    mine = Mine()
    wanted = wanted_systems([mine, "none", CrossLingual])
    assert names(wanted.required) == ["none", "cross", "mine"]  # one's own come last
    assert wanted.required[-1] is mine
    assert names(wanted_systems(arms=["none"], baselines=[Mine]).required) == ["none", "mine"]


def test_one_object_is_a_list_of_one() -> None:
    assert names(wanted_systems(Mine()).required) == names(wanted_systems(Mine).required) == ["mine"]
    assert names(wanted_systems(arms=CrossLingual(), baselines=()).required) == ["cross"]


def test_any_object_with_a_name_and_rank() -> None:
    class Plain:
        name = "plain"

        def rank(self, task: Task) -> Run:
            return {task.language: [("p0", 1.0)]}

    for given in (Plain(), Plain, [Plain()]):
        [system] = wanted_systems(given).required  # type: ignore[arg-type]
        assert isinstance(system, System)
        assert (system.name, system.kind, system.dense, system.count(PLAN)) == ("plain", "baseline", None, 0)
        assert system.rank(SimpleNamespace(language="fi")) == {"fi": [("p0", 1.0)]}  # type: ignore[arg-type]


def test_several_of_ones_own_stay_in_their_order() -> None:
    first, second = Mine(), Mine()
    first.name, second.name = "z", "a"
    assert names(wanted_systems([first, second, "bm25"]).required) == ["bm25", "z", "a"]


@pytest.mark.parametrize("text", ["", "none,other", "none,none", "none,all", []])
def test_wrong_arms(text: str) -> None:
    with pytest.raises(XqgError, match="arm"):
        wanted_systems(arms=text)


@pytest.mark.parametrize("text", ["", "bm26", "bm25,bm25", "none,bm25", "all,bm25"])
def test_wrong_baselines(text: str) -> None:
    with pytest.raises(XqgError, match="baseline"):
        wanted_systems(baselines=text)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"systems": "none", "arms": "none"}, "`systems` is the complete list; leave out `arms` and `baselines`"),
        ({"systems": "none", "baselines": "none"}, "`systems` is the complete list"),
        ({"systems": []}, "no system given; use `systems` with some of bm25, chunks"),
        ({"systems": "other"}, "unknown system 'other'; use bm25, chunks"),
        ({"systems": "all"}, "unknown system 'all'"),
        ({"systems": ["none", "none"]}, "system 'none' is given twice"),
        ({"systems": ["cross", CrossLingual()]}, "system 'cross' is given twice"),
        ({"systems": ["none", 3]}, "`systems` holds 3; give names .*, or objects with a `name` and `rank`"),
        ({"arms": ["none", dict]}, "`arms` holds <class 'dict'>"),
        ({"arms": ""}, "no arm given; use `arms` with some of none, mono, .*, or all"),
        ({"arms": "bm25"}, "unknown arm 'bm25'; use none, mono, .*, or all"),
        ({"baselines": ""}, "no baseline given; use `baselines` with some of bm25, .*, or none"),
        ({"baselines": "cross"}, "unknown baseline 'cross'; use bm25, doc2query, rrf, rrf-cross, or none or all"),
        ({"baselines": "none,bm25"}, "unknown baseline 'none'; .* or none or all alone"),
        ({"systems": 3}, "`systems` is 3; give names"),
        ({"arms": 3}, "`arms` is 3; give names"),
        ({"baselines": 3}, "`baselines` is 3; give names"),
        ({"systems": [Nameless()]}, "`systems` holds .*Nameless.*, whose `name` is None; give it one"),
        ({"systems": [Spaced()]}, "whose `name` is 'my own'; give it one without spaces and slashes"),
        ({"systems": [System]}, "`systems` holds a class that cannot be made an object of"),
    ],
)
def test_what_is_refused_is_named(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(XqgError, match=says):
        wanted_systems(**asked)


# Whether they can be filled


def test_a_generator_fills_every_arm(tiny: Benchmark) -> None:
    chosen = select(tiny, generator=True, arms="all")
    assert names(chosen.systems) == ARMS
    assert chosen.left_out == {}


def test_without_parallel_questions_gold_is_left_out(
    tiny: Benchmark, caplog: pytest.LogCaptureFixture
) -> None:
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    with caplog.at_level(logging.WARNING):
        chosen = select(english, generator=True, arms="all")
    assert names(chosen.systems) == ARMS[:-1]
    assert list(chosen.left_out) == ["gold"]
    assert [record.getMessage() for record in caplog.records] == [
        "warning: gold is left out: the benchmark has no question in the target languages whose relevant "
        "passages it names"
    ]


def test_what_nobody_named_is_left_out_without_a_warning(
    tiny: Benchmark, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        chosen = select(tiny, generator=True)
    assert names(chosen.systems) == [name for name in ARMS if name != "target"]
    assert list(chosen.left_out) == ["target"]  # the report says so
    assert caplog.records == []


def test_a_file_leaves_out_what_it_cannot_fill(tiny: Benchmark, queries_file: Path) -> None:
    chosen = select(tiny, file=QueryFile.read(queries_file), arms="all")
    assert names(chosen.systems) == [name for name in ARMS if name != "target"]
    assert chosen.left_out == {"target": "needs 4 queries in 'fi' for every passage, p0 has 2"}


def test_one_asked_for_by_name_is_not_left_out(tiny: Benchmark, queries_file: Path) -> None:
    file = QueryFile.read(queries_file)
    chosen = select(tiny, file=file, arms="none,target")
    with pytest.raises(XqgError, match=r"arm target needs 4 queries in 'fi' for every passage, p0 has 2"):
        file.take(PLAN, chosen.systems, tiny.passages, exact=True)
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    with pytest.raises(XqgError, match=r"arm gold: the benchmark has no question.*; leave it out \(`arms`\)"):
        select(english, file=file, arms="gold")
    with pytest.raises(XqgError, match=r"arm gold: the benchmark has no question.*; leave it out \(`systems`\)"):
        select(english, file=file, systems="gold")


def test_shuffled_over_one_passage(tiny: Benchmark) -> None:
    one = dataclasses.replace(tiny, passages=tiny.passages[:1])
    with pytest.raises(XqgError, match="arm shuffled: the pool has a single passage in 'en'"):
        select(one, generator=True, arms="shuffled")


def test_no_target_language_leaves_what_needs_none(tiny: Benchmark) -> None:
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    chosen = select(english, Plan(("en",), ("en",), None, 2), generator=True, arms="all")
    assert names(chosen.systems) == ["none", "target-n"]
    assert "no target language is left" in chosen.left_out["mono"]


def test_all_without_a_source_of_queries(tiny: Benchmark) -> None:
    for asked in ({}, {"arms": "all"}, {"arms": "cross"}, {"systems": "none,cross"}):
        with pytest.raises(XqgError, match="`generator` M or `queries` FILE"):
            select(tiny, **asked)


def test_a_baseline_needs_the_arm_that_it_fuses(tiny: Benchmark) -> None:
    with pytest.raises(XqgError, match=r"baseline rrf-cross fuses the run of arm cross; add that arm \(`arms`\)"):
        select(tiny, generator=True, arms="none", baselines="rrf-cross")
    with pytest.raises(XqgError, match=r"rrf-cross fuses the run of arm cross; add it \(`systems`\)"):
        select(tiny, generator=True, systems="none,rrf-cross")
    chosen = select(tiny, generator=True, arms="none", baselines=None)
    assert list(chosen.left_out) == ["rrf-cross"]
    assert baselines(chosen) == [name for name in BASELINES if name != "rrf-cross"]


def test_a_baselines_queries_are_taken_too(tiny: Benchmark, queries_file: Path) -> None:
    file = QueryFile.read(queries_file)
    chosen = select(tiny, file=file, arms="none", baselines="doc2query")
    assert chosen.needs_queries(PLAN)
    found = file.take(PLAN, chosen.systems, tiny.passages, exact=True)
    assert {code: len(found[code]["p0"]) for code in found} == {"en": 2, "fi": 2, "ja": 2}
    more = Plan(("en",), ("en", "fi", "ja"), None, n=3)
    with pytest.raises(XqgError, match=r"baseline doc2query needs 3 queries in 'fi'.*\(`baselines`\)"):
        file.take(more, chosen.systems, tiny.passages, exact=False)


def test_without_a_source_the_baselines_that_need_queries_are_left_out(tiny: Benchmark) -> None:
    chosen = select(tiny, arms="none", baselines=None)
    assert (arms(chosen), baselines(chosen)) == (["none"], ["bm25", "rrf"])
    assert chosen.left_out["doc2query"] == "it needs generated queries"
    assert not chosen.needs_queries(PLAN)


def test_ones_own_system_says_what_it_needs(tiny: Benchmark, queries_file: Path) -> None:
    class Picky(Mine):
        uses = ("none",)

        def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
            return {"fi": 3}

        def obstacle(self, benchmark: Benchmark, plan: Plan) -> str | None:
            return None if benchmark.name == "tiny" else "it is for tiny"

    with pytest.raises(XqgError, match="mine fuses the run of arm none"):
        select(tiny, generator=True, systems=[Picky()])
    with pytest.raises(XqgError, match=r"mine: it is for tiny; leave it out \(`systems`\)"):
        select(dataclasses.replace(tiny, name="other"), generator=True, systems=["none", Picky()])
    file = QueryFile.read(queries_file)
    chosen = select(tiny, file=file, systems=["none", Picky()])
    wanted = wanted_systems(["none", Picky()])
    with pytest.raises(XqgError, match=r"mine needs 3 queries in 'fi' .*p0 has 2; .*\(`systems`\)"):
        file.take(PLAN, chosen.systems, tiny.passages, True, wanted.argument)


def test_systems_without_queries_are_told_apart_from_arms() -> None:
    with pytest.raises(XqgError, match=r"the systems need generated queries; .* or systems that need none"):
        xqg.compare("atlas", encoder="mini", systems=["none", "cross"])
    with pytest.raises(XqgError, match=r"the arms need generated queries; .* or `arms` none"):
        xqg.compare("atlas", encoder="mini", arms="cross", baselines="none")
