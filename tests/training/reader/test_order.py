"""The order of the examples: each once an epoch, like lengths together, the same whenever it is asked for."""

from __future__ import annotations

import itertools
import random
from collections import Counter

from xqg.training.reader.order import SORTED, drawn_order, like_lengths


def test_every_row_once_an_epoch() -> None:
    lengths = [random.Random(0).randrange(10, 200) for _ in range(30)]
    order = drawn_order(lengths, epochs=3, batch_size=4, seed=0)
    assert len(order) == 90
    assert Counter(order) == dict.fromkeys(range(30), 3)
    assert order == drawn_order(lengths, epochs=3, batch_size=4, seed=0)
    assert order != drawn_order(lengths, epochs=3, batch_size=4, seed=1)
    assert order[:28] != order[30:58]  # another order in the next epoch


def test_like_lengths_stand_together() -> None:
    lengths = [row % 97 for row in range(5 * SORTED * 4)]
    order = drawn_order(lengths, epochs=1, batch_size=4, seed=0)
    batches = [[lengths[row] for row in order[start : start + 4]] for start in range(0, len(order), 4)]
    padding = sum(max(batch) * 4 - sum(batch) for batch in batches)
    assert padding < sum(lengths) / 8  # in random order it is more than half of the lengths' sum
    first = batches[:SORTED]
    assert first != sorted(first)  # and not the short ones first
    assert sorted(first) == [sorted(itertools.chain(*first))[start : start + 4] for start in range(0, SORTED * 4, 4)]


def test_a_batch_that_is_not_full_comes_last() -> None:
    words = ["aaaa", "bb", "c", "ddd", "eeeee"]
    for seed in range(5):
        found = like_lengths(words, len, 2, random.Random(seed))
        assert found[4:] == ["eeeee"]
        assert {tuple(found[:2]), tuple(found[2:4])} == {("c", "bb"), ("ddd", "aaaa")}
