from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import VectorCache
from xqg.evaluation import evaluate
from xqg.experiment.parts import Parts, encode_questions
from xqg.experiment.plan import Plan
from xqg.experiment.systems.cross import CrossLingual
from xqg.experiment.tuning import GRID, Tuned, TuningQuestions, reciprocal_ranks, tune
from xqg.passages import Question


def test_grid_is_the_specs() -> None:
    assert GRID == (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.9)


NUMBERS = range(14)
PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)


class Lengths:
    """A text's vector is its number of characters."""

    fingerprint, dimension, passage_length, query_length = "lengths", 1, 8, 8

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text)] for text in texts], np.float32).reshape(-1, 1)


def tuning_of(benchmark: Benchmark) -> TuningQuestions:
    encoder, cache = Lengths(), VectorCache(None)
    questions = encode_questions(benchmark.questions, PLAN, encoder, cache)  # type: ignore[arg-type]
    return TuningQuestions.of(benchmark, PLAN, questions, encoder, cache)  # type: ignore[arg-type]


def test_clusters_are_dealt_into_five_folds(tiny: Benchmark) -> None:
    asked = [Question(f"q{n}", f"{code} {n}", code) for code in ("en", "fi", "ja") for n in NUMBERS]
    benchmark = dataclasses.replace(tiny, questions=asked, groups={f"q{n}": f"a{n // 2}" for n in NUMBERS})
    tuning = tuning_of(benchmark)
    assert tuning.fold_of is not None
    assert [tuning.fold_of[f"q{n}"] for n in NUMBERS] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1]
    assert list(tuning.questions) == ["fi", "ja"]  # what means are taken over
    assert tuning.qrels is benchmark.qrels
    assert tuning.words == "cross-fitted over five folds of question clusters"


def test_questions_of_their_own_to_tune_on(tiny: Benchmark) -> None:
    dev = [Question("d0", "fi dev", "fi"), Question("d1", "ja dev!", "ja"), Question("d1", "en dev", "en")]
    judged = {"d0": {"p0": 1}, "d1": {"p1": 1}}
    tuning = tuning_of(dataclasses.replace(tiny, tuning_questions=dev, tuning_qrels=judged))
    assert {code: [one.id for one in some] for code, (some, _) in tuning.questions.items()} == {
        "fi": ["d0"], "ja": ["d1"],
    }  # fmt: skip
    assert tuning.questions["ja"][1].tolist() == [[7.0]]
    assert (tuning.fold_of, tuning.qrels) == (None, judged)
    assert tuning.words == "chosen on the benchmark's dev questions"


def test_reciprocal_ranks_by_hand() -> None:
    passages = np.array([[3.0], [2.0], [2.0], [1.0]], np.float32)
    ids = ["a", "b", "c", "d"]
    question = np.ones((4, 1), np.float32)
    judged = [{"a": 1}, {"b": 1}, {"c": 1}, {"d": 1, "b": 0}]
    # Equal scores: the larger id comes first, so c is second and b third.
    assert reciprocal_ranks(passages, question, judged, ids).tolist() == [1.0, 1 / 3, 1 / 2, 1 / 4]


def test_beyond_rank_ten_counts_nothing() -> None:
    passages = np.arange(12, dtype=np.float32)[:, None]
    ids = [f"p{n:02}" for n in range(12)]
    found = reciprocal_ranks(passages, np.ones((2, 1), np.float32), [{"p02": 1}, {"p01": 1}], ids)
    assert found.tolist() == [1 / 10, 0.0]


def test_agrees_with_the_measure_on_random_vectors(tiny: Benchmark) -> None:
    from xqg.evaluation import parse_many
    from xqg.search.engines import FlatEngine
    from xqg.search.ranking import rank, tie_order

    random = np.random.default_rng(0)
    ids = [p.id for p in tiny.passages]
    vectors = random.standard_normal((6, 4)).astype(np.float32)
    asked = random.standard_normal((6, 4)).astype(np.float32)
    scores, rows = rank(FlatEngine.build(vectors), asked, 6, tie_order(ids))
    questions = tiny.questions_in("fi")
    run = {
        q.id: [(ids[r], float(s)) for r, s in zip(rows[i], scores[i], strict=True)]
        for i, q in enumerate(questions)
    }
    measured = evaluate(run, tiny, "fi", parse_many("RR@10"))["RR@10"]
    mine = reciprocal_ranks(vectors, asked, [tiny.qrels[q.id] for q in questions], ids)
    assert mine.tolist() == [measured[q.id] for q in questions]


def test_pairs_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    vectors, asked = (random.integers(-2, 3, (rows, 3)).astype(np.float32) for rows in (40, 50))
    ids = [f"p{n:02}" for n in range(40)]
    judged = [{ids[row]: 1 for row in random.integers(0, 40, 3)} for _ in range(50)]
    found = reciprocal_ranks(vectors, asked, judged, ids)
    for pairs in (1, 7, 1000):
        monkeypatch.setattr("xqg.experiment.tuning._PAIRS", pairs)
        assert reciprocal_ranks(vectors, asked, judged, ids, batch=9).tolist() == found.tolist()
    assert 0 < found.mean() < 1


def _parts(weight: float) -> Parts:
    """Two passages that only their queries tell apart, by `weight`."""
    plan = Plan(("en",), ("en", "fi"), None, n=2)
    passages = np.array([[1.0, 0.1], [1.0, 0.0]], np.float32)
    queries = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, weight / 2], [0.0, weight / 2]], np.float32)
    return Parts(plan, passages, ["en", "en"], {"fi": QueryVectors.of(queries, [2, 2])})


def test_chooses_the_smallest_alpha_that_ranks_best() -> None:
    # The question wants p1: it wins where α·1 > (1-α)·0.1, from α = 0.1 on (0.1 > 0.09).
    asked = {"fi": ([Question("q", "?", "fi")], np.array([[0.0, 1.0]], np.float32))}
    dev = TuningQuestions(asked, {"q": {"p1": 1}}, None)
    found = tune(CrossLingual(), "raw", _parts(1.0), dev, ["p0", "p1"])
    assert found.by_fold == (0.1,)
    assert found.alpha("anything") == 0.1
    assert not found.at_edge


def test_chooses_under_the_aggregation_that_ranks() -> None:
    # The mean is 0.5: p1 wins where α·0.5 > (1-α)·0.1, from α = 0.2 on (0.1 > 0.08).
    asked = {"fi": ([Question("q", "?", "fi")], np.array([[0.0, 1.0]], np.float32))}
    dev = TuningQuestions(asked, {"q": {"p1": 1}}, None)
    assert tune(CrossLingual(), "raw", _parts(1.0), dev, ["p0", "p1"], AGGREGATIONS["mean"]).by_fold == (0.2,)


def test_several_relevant_passages_count_by_the_best() -> None:
    passages = np.array([[3.0], [2.0], [1.0]], np.float32)
    judged = [{"b": 1, "c": 1}, {"c": 1}, {}]
    found = reciprocal_ranks(passages, np.ones((3, 1), np.float32), judged, ["a", "b", "c"], batch=2)
    assert found.tolist() == [1 / 2, 1 / 3, 0.0]


def test_a_fold_is_not_tuned_on_itself() -> None:
    # q0 (fold 0) wants p0 at any small α, q1 (fold 1) wants p1: each gets the other's choice.
    questions = [Question("q0", "?", "fi"), Question("q1", "?", "fi")]
    asked = {"fi": (questions, np.array([[0.0, 1.0], [0.0, 1.0]], np.float32))}
    qrels = {"q0": {"p0": 1}, "q1": {"p1": 1}}
    folds = TuningQuestions(asked, qrels, {"q0": 0, "q1": 1})
    found = tune(CrossLingual(), "raw", _parts(1.0), folds, ["p0", "p1"])
    assert found.alpha("q0") == 0.1
    assert found.alpha("q1") == 0.0
    assert found.at_edge


def test_tuned_at_edge() -> None:
    assert Tuned((0.9,), {}).at_edge
    assert not Tuned((0.7, 0.001), {}).at_edge
