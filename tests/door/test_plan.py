"""What a plan predicts from a sample."""

from __future__ import annotations

import pytest

from xqg.door.plan import Sample, blocks_of, predict, spread
from xqg.passages import Passage, PassageList


def test_places_are_spread_evenly() -> None:
    assert spread(5, 5) == [0, 1, 2, 3, 4]
    assert spread(100, 4) == [12, 37, 62, 87]
    assert spread(7, 1) == [3]


def test_blocks_of_a_pool() -> None:
    pool = PassageList([Passage(str(n), "", f"text {n}", "en") for n in range(10)])
    found = blocks_of(pool, 4, [0, 2])
    assert [[passage.id for passage in block] for block in found] == [["0", "1", "2", "3"], ["8", "9"]]


def test_a_prediction_in_numbers() -> None:
    sample = Sample(
        passages=640, blocks=10, stored=639, seconds=32.0, start=2.0, queries={"ja": 3200, "ru": 3190},
        texts=64_000, vector_bytes=(1 + 2) * 2 * 384, dimension=384,
    )  # fmt: skip
    facts = predict(sample, 6400, loading=5.0)
    assert facts["seconds"] == pytest.approx(5 + 2 + 320)
    assert facts["queries"] == {"ja": 32_000, "ru": 31_900}
    assert facts["disk_bytes"] == {
        "vectors": 6390 * 2304, "texts_and_queries": 640_000, "total": 6390 * 2304 + 640_000,
    }  # fmt: skip
    assert facts["flat_cache_bytes"] == 6390 * 4 * 384
    assert facts["sample"]["passages_per_second"] == 20.0
