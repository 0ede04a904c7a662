from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.augmentation.vectors import QueryGroups, QueryVectors, rescaled

# Passage 0: 1, 2 (blank), 4; passage 1: none; passage 2: 8, 16.
ALL = QueryVectors.of(
    np.array([[1], [2], [4], [8], [16]], np.float32), [3, 0, 2], np.array([True, False, True, True, True])
)


def test_sums_and_counts() -> None:
    assert ALL.plain_sums.tolist() == [[5], [0], [24]]
    assert ALL.counts.tolist() == [2, 0, 2]
    assert ALL.sums.dtype == np.float32
    assert len(ALL) == 4


def test_a_blank_query_takes_a_place() -> None:
    assert ALL.first(2).plain_sums.tolist() == [[1], [0], [24]]


def test_of_passages() -> None:
    assert ALL.of_passages(np.array([False, True, True])).plain_sums.tolist() == [[0], [0], [24]]


def test_moved_to_another_passage() -> None:
    moved = ALL.moved(np.array([2, 0, 1]))
    assert moved.plain_sums.tolist() == [[24], [5], [0]]
    assert moved.counts.tolist() == [2, 2, 0]
    assert moved.rows.tolist() == [0, 0, 1, 1]


def test_selections_share_the_vectors() -> None:
    assert ALL.first(1).vectors is ALL.vectors


def test_no_passage() -> None:
    none = QueryVectors.of(np.zeros((0, 3), np.float32), [])
    assert none.sums.shape == (0, 3)


def test_rescaled_over_all_groups() -> None:
    # Passage 0 has 2 + 1 queries, passage 2 has 2 + 0, of K = 6: factors 2, 1 (nothing there), 3.
    other = QueryVectors.of(np.array([[100]], np.float32), [1, 0, 0])
    found = rescaled([ALL, other], 6)
    assert [group.sums.tolist() for group in found] == [[[10], [0], [72]], [[200], [0], [0]]]
    assert ALL.weights is None
    assert rescaled([], 6) == []


def many(vectors: np.ndarray, counts: np.ndarray) -> QueryVectors:
    return QueryVectors.of(vectors, counts.tolist(), np.arange(len(vectors)) % 7 != 3)


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Vectors of very different lengths for 2,500 passages, which are summed in three blocks; and counts."""
    random = np.random.default_rng(0)
    counts = random.integers(0, 30, 2500)
    vectors = random.standard_normal((counts.sum(), 6)) * 10 ** random.uniform(-4, 4, (counts.sum(), 1))
    return vectors.astype(np.float32), counts


def test_sums_are_those_of_numpy_bit_for_bit(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    queries = many(*drawn)
    expected = np.stack([queries.vectors[queries.index[queries.rows == row]].sum(axis=0) for row in range(2500)])
    assert queries.plain_sums.tobytes() == expected.tobytes()


def test_a_total_is_the_sum_of_the_groups_bit_for_bit(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    queries = many(*drawn)
    groups = rescaled([queries, queries.first(3), queries.moved(np.arange(2500)[::-1])], 20)
    together, total, plain = QueryGroups(groups), np.zeros((2500, 6), np.float32), np.zeros((2500, 6), np.float32)
    for group in groups:
        total += group.sums
        plain += group.plain_sums
    assert together.sums.tobytes() == total.tobytes()
    assert together.plain_sums.tobytes() == plain.tobytes()
    assert together.counts.tolist() == np.sum([group.counts for group in groups], axis=0).tolist()
    assert together.sums is together.sums
    assert QueryGroups.of(together) is together
    assert together.are(groups)
    assert not together.are(groups[:2])
    assert not together.are([*groups[:2], queries])


def test_vectors_in_a_file(drawn: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    vectors, counts = drawn
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.asarray(np.load(tmp_path / "vectors.npy", mmap_mode="r"))
    assert many(mapped, counts).plain_sums.tobytes() == many(vectors, counts).plain_sums.tobytes()
