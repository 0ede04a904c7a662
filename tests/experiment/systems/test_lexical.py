"""BM25, doc2query and the fusions on a pool whose rankings can be seen by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Run, evaluate, order, parse_many, read_trec, write_trec
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.setting import Setting
from xqg.experiment.system import SYSTEMS, System, Task
from xqg.passages import Passage, Question

BASELINES: dict[str, System] = {name: SYSTEMS[name]() for name in ("bm25", "doc2query", "rrf", "rrf-cross")}
PLAN = Plan(("en",), ("en", "ja"), None, n=1)
QUERIES = {
    "ja": {"p0": ["東京の人口"], "p1": ["パリの歴史"], "p2": [" "], "p3": ["月までの距離"]},
    "en": {f"p{number}": ["how many people", "not among the first n: paris"] for number in range(4)},
}


@pytest.fixture
def pool() -> Benchmark:
    texts = ["Tokyo has people", "Paris has a past", "Rome has a past", "The moon is far away"]
    asked = {
        "en": ["what is far away", "Paris", "Kyiv?"],
        "ja": ["月までどのくらい遠い", "パリ", "「Rome」"],
    }
    return Benchmark(
        name="pool",
        passages=[Passage(f"p{number}", "", text, "en") for number, text in enumerate(texts)],
        questions=[
            Question(f"q{number}", text, code)
            for code, some in asked.items()
            for number, text in enumerate(some)
        ],
        qrels={"q0": {"p3": 1}, "q1": {"p1": 1}, "q2": {"p2": 1}},
        groups={f"q{number}": f"g{number}" for number in range(3)},
        fingerprint="sha256:pool",
    )


def task(
    pool: Benchmark,
    language: str,
    depth: int = 4,
    dense: Run | None = None,
    *,
    plan: Plan = PLAN,
    queries: Mapping[str, Mapping[str, list[str]]] = QUERIES,
    kept: dict[tuple[str, str], Run] | None = None,
) -> Task:
    """What `rank` gets for the questions of a language; `dense` is the run of any other system."""
    questions = pool.questions_in(language)
    none = np.zeros((len(pool.passages), 1), np.float32)
    return Task(
        benchmark=pool,
        plan=plan,
        language=language,
        questions=questions,
        vectors=none[: len(questions)],
        depth=depth,
        setting=Setting("raw", 0.1),
        alphas=[0.1] * len(questions),
        parts=Parts(plan, none, [passage.language for passage in pool.passages], {}),
        queries=queries,
        run_of=lambda name: dense or {},
        kept={} if kept is None else kept,
    )


def firsts(run: Run, question: str) -> list[str]:
    """Ids of the passages that share a token with the question."""
    return [id_ for id_, score in run[question] if score > 0]


def test_what_each_needs_and_states() -> None:
    plan = Plan(("en",), ("en", "fi", "ja"), None, n=2)
    assert {name: one.needs(plan, "en") for name, one in BASELINES.items()} == {
        "bm25": {},
        "doc2query": {"en": 2, "fi": 2, "ja": 2},
        "rrf": {},
        "rrf-cross": {"en": 2, "fi": 2, "ja": 2},
    }
    assert {name: one.count(plan) for name, one in BASELINES.items()} == {
        "bm25": 0,
        "doc2query": 2,
        "rrf": 0,
        "rrf-cross": 4,
    }
    assert {name: one.dense for name, one in BASELINES.items()} == {
        "bm25": None,
        "doc2query": None,
        "rrf": "none",
        "rrf-cross": "cross",
    }
    assert {name: one.uses for name, one in BASELINES.items()} == {
        "bm25": (),
        "doc2query": (),
        "rrf": ("none",),
        "rrf-cross": ("cross",),
    }
    assert not any(one.augmented or one.bound for one in BASELINES.values())


def test_bm25_reads_the_passages_alone(pool: Benchmark) -> None:
    run = BASELINES["bm25"].rank(task(pool, "en"))
    assert firsts(run, "q0")[0] == "p3"
    assert firsts(run, "q1") == ["p1"]
    japanese = BASELINES["bm25"].rank(task(pool, "ja"))
    assert firsts(japanese, "q0") == firsts(japanese, "q1") == []
    assert firsts(japanese, "q2") == ["p2"]  # a name in Latin letters


def test_bm25_reads_the_title(pool: Benchmark) -> None:
    titled = [Passage("p0", "Moonlight", "Nothing else", "en"), *pool.passages[1:]]
    changed = Benchmark("b", titled, [Question("q", "moonlight", "en")], {}, {}, "sha256:b")
    assert firsts(BASELINES["bm25"].rank(task(changed, "en")), "q")[0] == "p0"


def test_doc2query_finds_through_generated_queries(pool: Benchmark) -> None:
    run = BASELINES["doc2query"].rank(task(pool, "ja"))
    assert firsts(run, "q0") == ["p3"]
    assert firsts(run, "q1") == ["p1"]
    assert firsts(run, "q2") == ["p2"]  # whose only Japanese query is blank: through its own text
    english = BASELINES["doc2query"].rank(task(pool, "en"))
    assert firsts(english, "q1") == ["p1"]  # the second query of each passage lies beyond n


def test_what_bm25_cannot_tell_apart_follows_by_chance(pool: Benchmark) -> None:
    whole = BASELINES["bm25"].rank(task(pool, "ja"))
    assert [sorted(id_ for id_, _ in pairs) for pairs in whole.values()] == [["p0", "p1", "p2", "p3"]] * 3
    assert [score for _, score in whole["q0"]] == [-1, -2, -3, -4]
    assert [score for _, score in whole["q2"]][1:] == [-1, -2, -3]
    assert whole == BASELINES["bm25"].rank(task(pool, "ja"))
    assert BASELINES["bm25"].rank(task(pool, "ja", depth=2))["q2"] == whole["q2"][:2]
    many = [Question(f"q{number}", "月", "ja") for number in range(400)]
    asked = Benchmark("b", pool.passages, many, {}, {}, "sha256:b")
    first = [pairs[0][0] for pairs in BASELINES["bm25"].rank(task(asked, "ja", depth=1)).values()]
    # A binomial of 400 at 1/4 has a standard deviation of 8.7: four of them either way.
    assert all(65 < first.count(f"p{number}") < 135 for number in range(4))


def test_a_run_reads_back_alike(pool: Benchmark, tmp_path: Path) -> None:
    for name in ("bm25", "doc2query", "rrf"):
        dense = {f"q{number}": [(f"p{row}", 1.0 - row) for row in range(4)] for number in range(3)}
        run = BASELINES[name].rank(task(pool, "ja", dense=dense if name == "rrf" else None))
        write_trec(tmp_path / name, run, name)
        assert read_trec(tmp_path / name) == run
        assert {id_: order(pairs) for id_, pairs in run.items()} == run
        assert set(evaluate(run, pool, "ja", parse_many("R@1 RR@10 AP"))) == {"R@1", "RR@10", "AP"}


def test_rrf_by_hand(pool: Benchmark) -> None:
    dense: Run = {
        "q0": [("p0", 0.9), ("p3", 0.8), ("p1", 0.7), ("p2", 0.6)],
        "q1": [("p2", 0.9), ("p1", 0.8), ("p3", 0.7), ("p0", 0.6)],
        "q2": [("p3", 0.9), ("p0", 0.8), ("p2", 0.7), ("p1", 0.6)],
    }
    japanese = BASELINES["rrf"].rank(task(pool, "ja", dense=dense))
    assert [id_ for id_, _ in japanese["q0"]] == ["p0", "p3", "p1", "p2"]  # BM25 finds nothing: dense order
    assert [id_ for id_, _ in japanese["q2"]] == ["p2", "p3", "p0", "p1"]
    assert dict(japanese["q2"]) == pytest.approx(
        {"p2": 1 / 61 + 1 / 63, "p3": 1 / 61, "p0": 1 / 62, "p1": 1 / 64}, rel=1e-6
    )
    crossed = BASELINES["rrf-cross"].rank(task(pool, "ja", depth=3, dense=dense))
    assert [id_ for id_, _ in crossed["q1"]] == ["p1", "p2", "p3"]
    assert crossed["q1"][0][1] == pytest.approx(1 / 61 + 1 / 62, rel=1e-6)


def test_rrf_sees_bm25_beyond_the_depth(pool: Benchmark) -> None:
    # At depth 1 each list alone would give p1 and p0; p2 is second in both.
    questions = [Question("q", "Paris, Paris: a past", "en")]
    asked = Benchmark("b", pool.passages, questions, {"q": {"p2": 1}}, {}, "sha256:b")
    assert firsts(BASELINES["bm25"].rank(task(asked, "en")), "q")[:2] == ["p1", "p2"]
    dense: Run = {"q": [("p0", 3.0), ("p2", 2.0), ("p3", 1.0)]}
    run = BASELINES["rrf"].rank(task(asked, "en", depth=1, dense=dense))
    assert [id_ for id_, _ in run["q"]] == ["p2"]


def test_a_search_is_kept_for_the_fusion(pool: Benchmark) -> None:
    kept: dict[tuple[str, str], Run] = {}
    BASELINES["doc2query"].rank(task(pool, "ja", kept=kept))
    assert list(kept) == [("doc2query", "ja")]
    found = kept["doc2query", "ja"]
    dense: Run = {f"q{n}": [(f"p{r}", -float(r)) for r in range(4)] for n in range(3)}
    BASELINES["rrf-cross"].rank(task(pool, "ja", dense=dense, kept=kept))
    assert list(kept) == [("doc2query", "ja")]
    assert kept["doc2query", "ja"] is found


def test_what_is_missing_is_named(pool: Benchmark) -> None:
    two = Plan(("en",), ("en", "ja"), None, n=2)
    with pytest.raises(XqgError, match="doc2query needs 2 queries in 'ja' for every passage, p0 has 1"):
        BASELINES["doc2query"].rank(task(pool, "ja", plan=two))
    with pytest.raises(XqgError, match="none ranks 1 passages for question 'q0', 4 are needed"):
        BASELINES["rrf"].rank(task(pool, "ja", dense={"q0": [("p0", 1.0)]}))
    with pytest.raises(XqgError, match="none ranks 0 passages for question 'q0', 4 are needed"):
        BASELINES["rrf"].rank(task(pool, "ja"))
