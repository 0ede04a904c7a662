from __future__ import annotations

import numpy as np

from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.augmentation.vectors import QueryVectors
from xqg.evaluation import evaluate
from xqg.experiment.arms import ARMS
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.tuning import GRID, Tuned, folds_of, reciprocal_ranks, tune
from xqg.passages import Question


def test_grid_is_the_specs() -> None:
    assert GRID == (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.9)


def test_clusters_are_dealt_into_five_folds() -> None:
    groups = {f"q{n}": f"a{n // 2}" for n in range(14)}
    folds = folds_of(groups)
    assert [folds[f"q{n}"] for n in range(14)] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1]


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


def test_agrees_with_the_measure_on_random_vectors(tiny) -> None:
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


def _parts(weight: float) -> Parts:
    """Two passages that only their queries tell apart, by `weight`."""
    plan = Plan(("en",), ("en", "fi"), None, n=2)
    passages = np.array([[1.0, 0.1], [1.0, 0.0]], np.float32)
    queries = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, weight / 2], [0.0, weight / 2]], np.float32)
    return Parts(plan, passages, ["en", "en"], {"fi": QueryVectors.of(queries, [2, 2])})


def test_chooses_the_smallest_alpha_that_ranks_best() -> None:
    # The question wants p1: it wins where α·1 > (1-α)·0.1, from α = 0.1 on (0.1 > 0.09).
    asked = {"fi": ([Question("q", "?", "fi")], np.array([[0.0, 1.0]], np.float32))}
    found = tune(ARMS["cross"], "raw", _parts(1.0), asked, {"q": {"p1": 1}}, ["p0", "p1"], None)
    assert found.by_fold == (0.1,)
    assert found.alpha("anything") == 0.1
    assert not found.at_edge


def test_chooses_under_the_aggregation_that_ranks() -> None:
    # The mean is 0.5: p1 wins where α·0.5 > (1-α)·0.1, from α = 0.2 on (0.1 > 0.08).
    asked = {"fi": ([Question("q", "?", "fi")], np.array([[0.0, 1.0]], np.float32))}
    judged, ids, mean = {"q": {"p1": 1}}, ["p0", "p1"], AGGREGATIONS["mean"]
    assert tune(ARMS["cross"], "raw", _parts(1.0), asked, judged, ids, None, mean).by_fold == (0.2,)


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
    found = tune(ARMS["cross"], "raw", _parts(1.0), asked, qrels, ["p0", "p1"], {"q0": 0, "q1": 1})
    assert found.alpha("q0") == 0.1
    assert found.alpha("q1") == 0.0
    assert found.at_edge


def test_tuned_at_edge() -> None:
    assert Tuned((0.9,), {}).at_edge
    assert not Tuned((0.7, 0.001), {}).at_edge
