"""The best part of each language's queries, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from xqg.queries.filter import Block, Threshold
from xqg.queries.filters.best import BestFraction, similarities, threshold


def block_of(**scores: list[float]) -> Block:
    """One passage (1, 0) and queries with these scores."""
    return Block(
        ["p"],
        ("en", *scores),
        {code: ["?"] * len(mine) for code, mine in scores.items()},
        {code: np.zeros(len(mine), np.intp) for code, mine in scores.items()},
        np.array([[1, 0]], np.float32),
        {
            code: np.array([[score, 5] for score in mine], np.float32).reshape(-1, 2)
            for code, mine in scores.items()
        },
    )


def kept(judgement: dict[str, list[str | None]]) -> dict[str, list[bool]]:
    return {code: [reason is None for reason in mine] for code, mine in judgement.items()}


@pytest.mark.parametrize(
    ("fraction", "score", "ties"),
    [  # of 1, 3, 2, 2, 2, 0
        (0.1, 3.0, 1),  # .6 → 1
        (0.34, 2.0, 1),
        (0.5, 2.0, 2),
        (0.7, 2.0, 3),  # 4.2 → 4
        (0.8, 1.0, 1),
        (1.0, 0.0, 1),
        (0.05, 3.0, 0),  # .3 → 0: none stays
    ],
)
def test_thresholds(fraction: float, score: float, ties: int) -> None:
    scores = np.array([1, 3, 2, 2, 2, 0], np.float32)
    assert BestFraction(fraction).thresholds({"de": scores}) == {"de": Threshold(score, ties)}


@pytest.mark.parametrize("sizes", [[6], [3, 3], [1] * 6, [2, 0, 4]])
@pytest.mark.parametrize(
    ("fraction", "stays"),
    [(0.05, []), (0.1, [1]), (0.34, [1, 2]), (0.5, [1, 2, 3]), (0.7, [1, 2, 3, 4]), (1.0, list(range(6)))],
)
def test_of_equal_scores_the_earlier_stay(fraction: float, stays: list[int], sizes: list[int]) -> None:
    scores = [1.0, 3.0, 2.0, 2.0, 2.0, 0.0]
    best = BestFraction(fraction)
    best = best.with_thresholds(best.thresholds(best.scores(block_of(de=scores))))
    found: list[bool] = []
    for size in sizes:
        found += kept(best.judge(block_of(de=scores[len(found) : len(found) + size])))["de"]
    assert np.flatnonzero(found).tolist() == stays


def test_each_language_has_its_own() -> None:
    block = block_of(de=[0.9, 0.8], ja=[0.2, 0.123])
    best = BestFraction(0.5)
    found = best.with_thresholds(best.thresholds(best.scores(block))).judge(block)
    assert found == {"de": [None, "E(q)·E(p) = 0.800"], "ja": [None, "E(q)·E(p) = 0.123"]}


def test_going_on_after_an_interruption() -> None:
    limits = {"de": Threshold(2.0, 2)}
    first = BestFraction(0.5).with_thresholds(limits)
    assert kept(first.judge(block_of(de=[2.0, 3.0]))) == {"de": [True, True]}
    assert first.ties_kept == {"de": 1}
    again = BestFraction(0.5).with_thresholds(limits, first.ties_kept)
    assert kept(again.judge(block_of(de=[2.0, 2.0]))) == {"de": [True, False]}
    assert (first.ties_kept, again.ties_kept) == ({"de": 1}, {"de": 2})


def test_additions_stay_at_the_threshold_and_above() -> None:
    best = BestFraction(0.5).for_additions({"de": Threshold(2.0, 1)})
    for _ in range(2):
        assert kept(best.judge(block_of(de=[2.0, 1.9, 2.0, 2.1]))) == {"de": [True, False, True, True]}


def test_a_language_without_queries() -> None:
    limits = BestFraction(0.5).thresholds({"de": np.zeros(0, np.float32)})
    assert limits == {"de": Threshold(None, 0)}
    assert BestFraction(0.5).with_thresholds(limits).judge(block_of(de=[])) == {"de": []}
    assert kept(BestFraction(0.5).for_additions(limits).judge(block_of(de=[-1.0]))) == {"de": [True]}


def test_a_threshold_survives_json_to_the_last_bit() -> None:
    scores = np.random.default_rng(0).standard_normal(99).astype(np.float32)
    limit = threshold(scores, 0.3)
    read = Threshold.from_json(json.loads(json.dumps(limit.to_json())))
    assert read == limit
    assert int((scores >= np.float32(read.score)).sum()) == 30
    assert Threshold.from_json(Threshold(None, 0).to_json()) == Threshold(None, 0)


def test_similarities_do_not_depend_on_the_block() -> None:
    random = np.random.default_rng(1)
    for dimension in (1, 3, 384, 769):
        queries = random.standard_normal((40, dimension)).astype(np.float32)
        passages = random.standard_normal((8, dimension)).astype(np.float32)
        owners = np.sort(random.integers(0, 8, 40))
        whole = similarities(queries, passages, owners)
        for size in (1, 7):
            pieces = [
                similarities(queries[s : s + size], passages, owners[s : s + size])
                for s in range(0, 40, size)
            ]
            assert np.array_equal(np.concatenate(pieces), whole)


@pytest.mark.parametrize("limits", [None, {"ja": Threshold(1.0, 1)}])
def test_without_its_threshold(limits: dict[str, Threshold] | None) -> None:
    best = BestFraction(0.7) if limits is None else BestFraction(0.7).with_thresholds(limits)
    with pytest.raises(ValueError, match=r"best:0\.7: give the threshold of de first"):
        best.judge(block_of(de=[1.0]))
