from __future__ import annotations

import numpy as np
import pytest

from xqg.augmentation.aggregations import AGGREGATIONS, parse_aggregations
from xqg.augmentation.vectors import QueryVectors, rescaled
from xqg.errors import XqgError
from xqg.experiment.ranking import rank_matrix
from xqg.experiment.setting import Setting
from xqg.search.ranking import tie_order

PASSAGES = np.array([[1.0, 2.0], [0.0, 2.0]], np.float32)
# Passage 0 has (3, 0) and, in another group, (1, 4); passage 1 has none.
GROUPS = [
    QueryVectors.of(np.array([[3.0, 0.0]], np.float32), [1, 0]),
    QueryVectors.of(np.array([[1.0, 4.0]], np.float32), [1, 0]),
]
IDS = ["a", "b"]


def matrix(name: str, fusion: str, groups: list[QueryVectors] = GROUPS) -> np.ndarray:
    return AGGREGATIONS[name].matrix(PASSAGES, groups, 0.5, fusion).vectors  # type: ignore[arg-type]


def test_sum_by_hand() -> None:
    # 0.5·(1, 2) + 0.5·((3, 0) + (1, 4)); 0.5·(0, 2)
    assert matrix("sum", "raw").tolist() == [[2.5, 3.0], [0.0, 1.0]]


def test_mean_by_hand() -> None:
    # 0.5·(1, 2) + 0.5·(2, 2); a passage without queries keeps its own vector alone
    assert matrix("mean", "raw").tolist() == [[1.5, 2.0], [0.0, 1.0]]
    np.testing.assert_allclose(matrix("mean", "normalised"), [[0.6, 0.8], [0.0, 1.0]], rtol=1e-6)
    assert matrix("mean", "raw", []).tolist() == [[0.5, 1.0], [0.0, 1.0]]


def test_a_rescaled_sum_has_the_same_mean() -> None:
    weighted = rescaled(GROUPS, 10)
    assert matrix("mean", "raw", weighted).tolist() == matrix("mean", "raw").tolist()
    assert matrix("sum", "raw", weighted).tolist() == [[10.5, 11.0], [0.0, 1.0]]  # factor 10/2


def test_max_keeps_every_vector() -> None:
    found = AGGREGATIONS["max"].matrix(PASSAGES, GROUPS, 0.5, "raw")
    assert found.vectors.tolist() == [[1, 2], [3, 0], [1, 4], [0, 2]]
    assert found.owners is not None
    assert found.owners.tolist() == [0, 0, 0, 1]
    unit = matrix("max", "normalised")
    np.testing.assert_allclose(unit[1:], [[1, 0], [1 / 17**0.5, 4 / 17**0.5], [0, 1]], rtol=1e-6)


def test_the_best_vector_scores_a_passage() -> None:
    found = AGGREGATIONS["max"].matrix(PASSAGES, GROUPS, 0.0, "raw")
    questions = np.array([[1, 0], [0, -1], [0, 1]], np.float32)
    scores, rows = rank_matrix(found, questions, 2, tie_order(IDS))
    assert scores.tolist() == [[3, 0], [0, -2], [4, 2]]
    assert rows.tolist() == [[0, 1], [0, 1], [0, 1]]


def test_max_breaks_ties_by_id_and_cuts() -> None:
    same = QueryVectors.of(np.array([[5.0, 0.0], [5.0, 0.0]], np.float32), [1, 1])
    found = AGGREGATIONS["max"].matrix(PASSAGES, [same], 0.0, "raw")
    scores, rows = rank_matrix(found, np.array([[1, 0]], np.float32), 1, tie_order(IDS))
    assert (scores.tolist(), rows.tolist()) == ([[5.0]], [[1]])  # the larger id, as in runs


def test_max_agrees_with_all_products_on_random_vectors() -> None:
    random = np.random.default_rng(0)
    counts = random.integers(0, 5, 40)
    group = QueryVectors.of(random.standard_normal((counts.sum(), 8)).astype(np.float32), counts.tolist())
    passages = random.standard_normal((40, 8)).astype(np.float32)
    questions = random.standard_normal((300, 8)).astype(np.float32)
    ids = [f"p{n:02}" for n in range(40)]
    found = AGGREGATIONS["max"].matrix(passages, [group], 0.0, "normalised")
    scores, rows = rank_matrix(found, questions, 7, tie_order(ids))
    for question, mine, order in zip(questions, scores, rows, strict=True):
        products = found.vectors @ question
        best = np.array([products[found.owners == row].max() for row in range(40)])
        assert order.tolist() == np.argsort(-best)[:7].tolist()
        np.testing.assert_allclose(mine, np.sort(best)[::-1][:7], rtol=1e-5)


def test_names_of_settings() -> None:
    named = {
        "normalised-tuned": Setting("normalised", None),
        "raw-alpha-0.01": Setting("raw", 0.01),
        "normalised-tuned-mean": Setting("normalised", None, "mean"),
        "raw-alpha-0.01-mean": Setting("raw", 0.01, "mean"),
        "normalised-max": Setting("normalised", None, "max"),
    }
    assert {setting.name: setting for setting in named.values()} == named
    stated = [named[name].stated_alpha for name in ("normalised-tuned", "raw-alpha-0.01", "normalised-max")]
    assert stated == ["tuned", 0.01, None]
    assert not named["normalised-max"].tuned


def test_names_of_aggregations() -> None:
    assert parse_aggregations("max, sum") == ("max", "sum")
    for text in ("", "median", "sum,sum"):
        with pytest.raises(XqgError, match="aggregation"):
            parse_aggregations(text)
