from __future__ import annotations

import numpy as np

from xqg.augmentation.vectors import QueryVectors, rescaled

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
