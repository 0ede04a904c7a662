from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.arms import parse_arms
from xqg.experiment.baselines import BASELINES
from xqg.experiment.filling import choose
from xqg.experiment.plan import Plan
from xqg.experiment.queries import QueryFile
from xqg.experiment.settings import Request

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)
ALL = ["none", "mono", "target-n", "cross", "target", "chunks", "shuffled", "gold"]


def names(systems: object) -> list[str]:
    return [system.name for system in systems]  # type: ignore[attr-defined]


def request_for(tmp_path: Path, **changes: object) -> Request:
    return dataclasses.replace(Request(arms=None, out=tmp_path), **changes)  # type: ignore[arg-type]


def test_a_generator_fills_every_arm(tiny: Benchmark, tmp_path: Path) -> None:
    chosen = choose(request_for(tmp_path, generator="any"), tiny, PLAN, None)
    assert names(chosen.arms) == ALL
    assert chosen.arms_left_out == {}


def test_without_parallel_questions_gold_is_left_out(
    tiny: Benchmark, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    with caplog.at_level(logging.WARNING):
        chosen = choose(request_for(tmp_path, generator="any"), english, PLAN, None)
    assert names(chosen.arms) == ALL[:-1]
    assert list(chosen.arms_left_out) == ["gold"]
    assert [record.getMessage() for record in caplog.records] == [
        "warning: gold is left out: the benchmark has no question in the target languages whose relevant "
        "passages it names"
    ]


def test_a_file_leaves_out_what_it_cannot_fill(tiny: Benchmark, queries_file: Path, tmp_path: Path) -> None:
    chosen = choose(request_for(tmp_path), tiny, PLAN, QueryFile.read(queries_file))
    assert names(chosen.arms) == [name for name in ALL if name != "target"]
    assert chosen.arms_left_out == {"target": "needs 4 queries in 'fi' for every passage, p0 has 2"}


def test_one_asked_for_by_name_is_not_left_out(tiny: Benchmark, queries_file: Path, tmp_path: Path) -> None:
    file = QueryFile.read(queries_file)
    chosen = choose(request_for(tmp_path, arms=parse_arms("none,target")), tiny, PLAN, file)
    with pytest.raises(XqgError, match=r"arm target needs 4 queries in 'fi' for every passage, p0 has 2"):
        file.take(PLAN, chosen.needing, tiny.passages, exact=True)
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    with pytest.raises(XqgError, match="arm gold: the benchmark has no question"):
        choose(request_for(tmp_path, arms=parse_arms("gold")), english, PLAN, file)


def test_shuffled_over_one_passage(tiny: Benchmark, tmp_path: Path) -> None:
    one = dataclasses.replace(tiny, passages=tiny.passages[:1])
    asked = request_for(tmp_path, arms=parse_arms("shuffled"), generator="any")
    with pytest.raises(XqgError, match="arm shuffled: the pool has a single passage in 'en'"):
        choose(asked, one, PLAN, None)


def test_no_target_language_leaves_what_needs_none(tiny: Benchmark, tmp_path: Path) -> None:
    english = dataclasses.replace(tiny, questions=tiny.questions_in("en"))
    chosen = choose(request_for(tmp_path, generator="any"), english, Plan(("en",), ("en",), None, 2), None)
    assert names(chosen.arms) == ["none", "target-n"]
    assert "no target language is left" in chosen.arms_left_out["mono"]


def test_all_without_a_source_of_queries(tiny: Benchmark, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="--generator M or --queries FILE"):
        choose(request_for(tmp_path), tiny, PLAN, None)


def test_a_baseline_needs_the_arm_that_it_fuses(tiny: Benchmark, tmp_path: Path) -> None:
    asked = request_for(tmp_path, arms=parse_arms("none"), baselines=[BASELINES["rrf-cross"]], generator="m")
    with pytest.raises(XqgError, match="baseline rrf-cross fuses the run of arm cross"):
        choose(asked, tiny, PLAN, None)
    all_that_can = dataclasses.replace(asked, baselines=None)
    chosen = choose(all_that_can, tiny, PLAN, None)
    assert list(chosen.baselines_left_out) == ["rrf-cross"]
    assert names(chosen.baselines) == [name for name in BASELINES if name != "rrf-cross"]


def test_a_baselines_queries_are_taken_too(tiny: Benchmark, queries_file: Path, tmp_path: Path) -> None:
    file = QueryFile.read(queries_file)
    asked = request_for(tmp_path, arms=parse_arms("none"), baselines=[BASELINES["doc2query"]])
    chosen = choose(asked, tiny, PLAN, file)
    assert chosen.needs_queries(PLAN)
    found = file.take(PLAN, chosen.needing, tiny.passages, exact=True)
    assert {code: len(found[code]["p0"]) for code in found} == {"en": 2, "fi": 2, "ja": 2}
    more = Plan(("en",), ("en", "fi", "ja"), None, n=3)
    with pytest.raises(XqgError, match=r"baseline doc2query needs 3 queries in 'fi'.*\(--baselines\)"):
        file.take(more, chosen.needing, tiny.passages, exact=False)


def test_without_a_source_the_baselines_that_need_queries_are_left_out(tiny: Benchmark, tmp_path: Path) -> None:
    chosen = choose(request_for(tmp_path, arms=parse_arms("none"), baselines=None), tiny, PLAN, None)
    assert names(chosen.baselines) == ["bm25", "rrf"]
    assert chosen.baselines_left_out["doc2query"] == "it needs generated queries (--generator or --queries)"
