"""Rankings: exact, the same for one question as for many, ties by id descending."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.search.engines import FlatEngine
from xqg.search.ranking import rank, tie_order

IDS = ["b", "a", "c", "é", "ab"]


def test_tie_order_is_by_code_point() -> None:
    assert [IDS[row] for row in np.argsort(tie_order(IDS))] == ["é", "c", "b", "ab", "a"]


def test_hand_computed() -> None:
    vectors = np.array([[1, 0], [0, 1], [2, 0], [1, 1], [1, 0]], dtype=np.float32)
    scores, rows = rank(FlatEngine.build(vectors), np.array([[1, 0]], np.float32), 9, tie_order(IDS))
    assert [IDS[row] for row in rows[0]] == ["c", "é", "b", "ab", "a"]
    assert scores.tolist() == [[2, 1, 1, 1, 0]]
    assert (scores.dtype, rows.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize("k", [1, 3, 20, 60])
def test_ties_at_the_cut_off(k: int) -> None:
    """Half of 200 passages are equal and best: more ties than the first candidates show."""
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((200, 33)).astype(np.float32)
    equal = generator.permutation(200)[:100]
    query = generator.standard_normal((1, 33)).astype(np.float32)
    vectors[equal] = 3 * query
    ids = [f"{number:03d}" for number in range(200)]
    _, rows = rank(FlatEngine.build(vectors), query, k, tie_order(ids))
    assert rows[0].tolist() == sorted(equal.tolist(), reverse=True)[:k]


@pytest.mark.parametrize("dimension", [7, 384, 768])
def test_batch_size_and_depth_change_no_bit(dimension: int) -> None:
    generator = np.random.default_rng(1)
    vectors = generator.standard_normal((300, dimension)).astype(np.float32)
    vectors[100:150] = vectors[17]  # equal passages must get equal scores wherever they stand
    queries = generator.standard_normal((1100, dimension)).astype(np.float32)
    queries[3] = vectors[17]
    engine, ties = FlatEngine.build(vectors), tie_order([f"{number:03d}" for number in range(300)])
    scores, rows = rank(engine, queries, 300, ties)
    np.testing.assert_allclose(scores, -np.sort(-(queries @ vectors.T), axis=1), rtol=1e-4, atol=1e-4)
    assert rows[3, :51].tolist() == [*range(149, 99, -1), 17]
    assert len(set(scores[3, :51].tolist())) == 1
    for k, part in [(10, slice(None)), (10, slice(3, 4)), (60, slice(0, 30))]:
        fewer, places = rank(engine, queries[part], k, ties)
        np.testing.assert_array_equal(fewer, scores[part, :k])
        np.testing.assert_array_equal(places, rows[part, :k])


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one(k: int) -> None:
    with pytest.raises(XqgError, match=f"k is {k}; it must be at least 1"):
        rank(FlatEngine.build(np.eye(2, dtype=np.float32)), np.eye(2, dtype=np.float32), k, np.arange(2))


def test_no_query() -> None:
    engine = FlatEngine.build(np.eye(2, dtype=np.float32))
    scores, rows = rank(engine, np.empty((0, 2), np.float32), 5, np.arange(2))
    assert scores.shape == rows.shape == (0, 2)


@pytest.mark.parametrize("k", [1, 5, 40, 300])
def test_some_rows_only(k: int) -> None:
    """As ranking all and leaving out the others: the same bits, ties too."""
    generator = np.random.default_rng(2)
    vectors = generator.standard_normal((300, 33)).astype(np.float32)
    vectors[50:250] = vectors[7]
    queries = generator.standard_normal((20, 33)).astype(np.float32)
    queries[0] = vectors[7]
    engine, ties = FlatEngine.build(vectors), tie_order([f"{number:03d}" for number in range(300)])
    among = np.sort(generator.permutation(300)[:120])
    everything, every_row = rank(engine, queries, 300, ties)
    scores, rows = rank(engine, queries, k, ties, among)
    assert scores.shape == rows.shape == (20, min(k, 120))
    for place in range(20):
        kept = np.isin(every_row[place], among)
        np.testing.assert_array_equal(rows[place], every_row[place][kept][:k])
        np.testing.assert_array_equal(scores[place], everything[place][kept][:k])


def test_no_row_at_all() -> None:
    engine = FlatEngine.build(np.eye(2, dtype=np.float32))
    scores, rows = rank(engine, np.eye(2, dtype=np.float32), 5, np.arange(2), np.zeros(0, np.int64))
    assert scores.shape == rows.shape == (2, 0)
