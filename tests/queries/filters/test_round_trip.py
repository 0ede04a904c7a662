"""Queries whose own passage is among the best of the pool, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.augmentation import Fusion
from xqg.queries import plain_pool
from xqg.queries.filter import Block
from xqg.queries.filters.round_trip import RoundTrip
from xqg.queries.plain_pool import PlainPool, own_in_top

POOL = np.array([[1, 0], [0, 1], [0.8, 0.8], [0, 1]], np.float32)
IDS = ["a", "b", "c", "d"]
AWAY = "own passage not in the top "


def judged(
    top: int,
    rows: list[int],
    asked: dict[str, list[tuple[int, list[float]]]],
    fusion: Fusion = "raw",
    pool: np.ndarray = POOL,
) -> dict[str, list[bool]]:
    """What stays of queries (row in the block, vector), for a block of some rows of the pool."""
    block = Block(
        [IDS[row] for row in rows],
        ("en", *asked),
        {code: ["?"] * len(mine) for code, mine in asked.items()},
        {code: np.array([row for row, _ in mine], np.intp) for code, mine in asked.items()},
        POOL[rows],
        {code: np.array([v for _, v in mine], np.float32).reshape(-1, 2) for code, mine in asked.items()},
    )
    found = RoundTrip(top).over(pool, IDS, fusion == "normalised").judge(block)
    assert {reason for mine in found.values() for reason in mine} <= {None, f"{AWAY}{top}"}
    return {code: [reason is None for reason in mine] for code, mine in found.items()}


def test_by_hand() -> None:
    # (1, 0): a 1, c .8, d and b 0. (0, 1): d and b 1, c .8, a 0.
    asked = {"de": [(0, [1, 0]), (0, [0, 1]), (1, [1, 0])], "ja": [(1, [0, 1])], "ko": []}
    ranks = {"de": [1, 4, 2], "ja": [3], "ko": []}  # rows 0 and 1 of the block: a and c
    for top in (1, 2, 3, 4, 9):
        expected = {code: [rank <= top for rank in mine] for code, mine in ranks.items()}
        assert judged(top, [0, 2], asked) == expected, top


def test_of_equal_scores_the_larger_id_is_first() -> None:
    assert judged(1, [1, 3], {"de": [(0, [0, 1]), (1, [0, 1])]}) == {"de": [False, True]}
    assert judged(2, [1, 3], {"de": [(0, [0, 1]), (1, [0, 1])]}) == {"de": [True, True]}
    # A zero vector: all are equal, d first.
    zero = {"de": [(row, [0, 0]) for row in range(4)]}
    assert judged(2, [0, 1, 2, 3], zero) == {"de": [False, False, True, True]}


def test_the_fusion_counts() -> None:
    # Raw, c scores 1.04 with (.3, 1) and d 1; at unit length c scores .92.
    asked = {"de": [(0, [0.3, 1]), (1, [0.3, 1])]}
    assert judged(1, [2, 3], asked, "raw") == {"de": [True, False]}
    assert judged(1, [2, 3], asked, "normalised") == {"de": [False, True]}


def test_a_pool_in_half_precision() -> None:
    # .8 is not .8 in float16; the own passage must not be beaten by its own row.
    asked = {"de": [(0, [1, 1])]}
    assert judged(1, [2], asked, pool=POOL.astype(np.float16)) == {"de": [True]}
    up = np.array([[1.0006]], np.float32)  # float16 rounds it up
    assert float(up.astype(np.float16)[0, 0]) > float(up[0, 0])
    pool = PlainPool(up.astype(np.float16), ["x"], False)
    assert own_in_top(np.ones((1, 1), np.float32), np.array([0]), up, ["x"], pool, 1).tolist() == [True]


def test_an_own_passage_that_the_pool_lacks() -> None:
    pool = PlainPool(POOL[:2], IDS[:2], False)
    queries = np.array([[1, 0], [0.5, 1], [1, 1]], np.float32)  # c is 2nd after a, 1st, 1st
    found = own_in_top(queries, np.zeros(3, int), POOL[2:3], ["c"], pool, 1)
    assert found.tolist() == [False, True, True]


def test_a_memory_mapped_pool_in_small_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "pool.npy", POOL)
    mapped = np.load(tmp_path / "pool.npy", mmap_mode="r")
    asked = {"de": [(row, [0.3, 1]) for row in range(4)]}  # c 1.04, d and b 1, a .3
    expected = {"de": [False, False, True, True]}
    for size in (1, 2, 3, 100):
        monkeypatch.setattr(plain_pool, "ROWS", size)
        monkeypatch.setattr(plain_pool, "QUERIES", size)
        assert judged(2, [0, 1, 2, 3], asked, pool=mapped) == expected


def test_without_a_pool() -> None:
    with pytest.raises(ValueError, match="round-trip:10: give the pool first"):
        RoundTrip().judge(Block([], (), {}, {}, POOL[:0], {}))
