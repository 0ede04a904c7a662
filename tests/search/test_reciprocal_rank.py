from __future__ import annotations

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.search.reciprocal_rank import reciprocal_rank


def test_by_hand() -> None:
    found = reciprocal_rank([["a", "b", "c"], ["c", "a"]])
    expected = {"a": 1 / 61 + 1 / 62, "c": 1 / 63 + 1 / 61, "b": 1 / 62}
    assert [id_ for id_, _ in found] == ["a", "c", "b"]
    assert dict(found) == pytest.approx(expected, rel=1e-6)
    assert all(score == float(np.float32(score)) for _, score in found)


def test_a_small_k_trusts_the_first_rank_more() -> None:
    rankings = [["a", "b", "c"], ["x", "b", "y"]]
    assert reciprocal_rank(rankings)[0][0] == "b"  # 2/62 against 1/61
    # k = 0: 1/2 + 1/2 ties with the 1/1 of each first rank; ids settle it, descending
    assert [id_ for id_, _ in reciprocal_rank(rankings, k=0)[:3]] == ["x", "b", "a"]


def test_equal_scores_by_id_descending_whatever_the_order_of_rankings() -> None:
    assert [id_ for id_, _ in reciprocal_rank([["a", "b"], ["b", "a"]])] == ["b", "a"]
    assert reciprocal_rank([["a"], ["b", "a"]]) == reciprocal_rank([["b", "a"], ["a"]])


def test_an_empty_ranking_changes_no_order() -> None:
    assert [id_ for id_, _ in reciprocal_rank([[], ["c", "a", "b"]])] == ["c", "a", "b"]
    assert reciprocal_rank([[], []]) == []


def test_wrong_input() -> None:
    with pytest.raises(XqgError, match="'a' is ranked twice"):
        reciprocal_rank([["b", "a", "a"]])
    with pytest.raises(XqgError, match="k = -1"):
        reciprocal_rank([["a"]], k=-1)
