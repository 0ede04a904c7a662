"""Filters while an index takes queries in: what stays is what they keep of the whole pool at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from filtered_index import (
    CHAINS,
    GIVEN,
    POOL,
    Coarse,
    Stopping,
    content,
    decided,
    everything,
    listed,
    maker,
    spoilt_options,
    stored,
)
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.cleaning import Cleaning
from xqg.passages import Passage
from xqg.queries.filters import parse_filters
from xqg.queries.filters.best import BestFraction, similarities
from xqg.queries.filters.round_trip import RoundTrip
from xqg.queries.plain_pool import PlainPool, own_in_top


@pytest.fixture
def make(build) -> Callable[..., StoredIndex]:
    return maker(build)


@pytest.mark.parametrize("chain", CHAINS)
def test_what_stays_is_decided_over_the_whole_pool(make, chain) -> None:
    index = make(chain)
    wanted = decided(POOL, GIVEN, chain)
    assert stored(index) == wanted
    assert sorted(listed(stored(index)) + listed(stored(index, "removed"))) == everything(GIVEN)
    counts = index.counts
    assert counts.queries == {code: len(mine) for code, mine in wanted.items()}
    assert counts.removed == {code: len(mine) for code, mine in stored(index, "removed").items()}
    assert all(counts.removed.values())
    blank = sum(not text.strip() for rows in GIVEN.values() for texts in rows.values() for text in texts)
    assert counts.blank == blank > 0
    assert index.manifest.filters == tuple(one.name for one in parse_filters(chain))
    assert set(index.manifest.thresholds) == ({"de", "ja"} if "best" in chain else set())
    assert not list(index.path.parent.glob("*.parts"))


def test_sums_are_of_what_stays_and_not_rescaled(make) -> None:
    index = make()
    p, sums = index.parts()
    np.testing.assert_array_equal(p, Coarse().encode_passages([one.full_text for one in POOL]))
    for code, found in zip(index.languages, sums, strict=True):
        wanted = np.zeros_like(p)
        for id_, text in stored(index)[code]:
            wanted[[one.id for one in POOL].index(id_)] += Coarse().encode_queries([text])[0]
        np.testing.assert_array_equal(found, wanted)
        assert index.counts_in(code).sum() == len(stored(index)[code])


@pytest.mark.parametrize("segment", [3, 9, 64])
def test_segments_make_no_difference(make, segment) -> None:
    assert content(make("round-trip:3,best:0.6", segment=segment))[1] == content(make("round-trip:3,best:0.6", "b"))[1]


def test_the_order_of_filters_is_the_one_given(make) -> None:
    index = make([BestFraction(0.5), RoundTrip(3)])
    kept = decided(POOL, GIVEN, "best:0.5")
    left = {code: {one.id: [t for i, t in mine if i == one.id] for one in POOL} for code, mine in kept.items()}
    assert stored(index) == decided(POOL, left, "round-trip:3")
    assert index.manifest.filters == ("best:0.5", "round-trip:3")


def test_the_language_filter_needs_no_report(make) -> None:
    index = make("language", language_report=False)
    assert stored(index) == decided(POOL, GIVEN, "language")
    assert index.counts.wrong_language == {}


def test_given_vectors_are_the_pool(make) -> None:
    class Reversed:
        def vectors(self, ids: Sequence[str]) -> np.ndarray:
            return -Coarse().encode_passages([text[id_] for id_ in ids])

    text = {one.id: one.full_text for one in POOL}
    encoder = Coarse()
    encoder.encode_passages = lambda _: pytest.fail("passages were encoded")
    index = make("round-trip:3", vectors=Reversed(), encoder=encoder)
    p, ids = Reversed().vectors(list(text)), list(text)
    mine = [(row, t) for row, id_ in enumerate(ids) for t in GIVEN["de"][id_] if t.strip()]
    owners = np.array([row for row, _ in mine])
    keep = own_in_top(Coarse().encode_queries([t for _, t in mine]), owners, p, ids, PlainPool(p, ids, False), 3)
    assert stored(index)["de"] == [(ids[row], t) for (row, t), stays in zip(mine, keep, strict=True) if stays]


def test_no_queries_and_no_languages(make) -> None:
    assert make(queries={}).counts.queries == {}
    assert make(name="empty", queries={"de": {}}).manifest.thresholds == {"de": {"score": None, "ties": 0}}


def test_a_filter_twice(make, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match=r"filters best:0.5 and best:0.9 are of one kind"):
        make([BestFraction(0.5), BestFraction(0.9)])
    assert not list(tmp_path.iterdir())


def test_there_are_ties_at_the_thresholds(make) -> None:
    """In more than one segment, and not all of them stay: else the tests here would say little."""
    index = make("best:0.6")
    p = Coarse().encode_passages([one.full_text for one in POOL])
    for code, limit in index.manifest.thresholds.items():
        mine = [(row, text) for row, one in enumerate(POOL) for text in GIVEN[code][one.id] if text.strip()]
        owners = np.array([row for row, _ in mine])
        equal = similarities(Coarse().encode_queries([text for _, text in mine]), p, owners) == limit["score"]
        assert 0 < limit["ties"] < equal.sum()
        assert len(set(owners[equal] // 6)) > 1


@pytest.mark.parametrize("chain", ["round-trip:20", "best:0.6", "round-trip:3,best:0.6"])
def test_bad_vectors_do_not_spoil_the_pool(make, chain) -> None:
    spoilt = spoilt_options()
    index = make(chain, **spoilt)
    [large] = [id_ for id_, texts in spoilt["queries"]["de"].items() if "huge" in texts]
    pool = [one for one in spoilt["passages"] if one.id != "bad"]  # that a query is bad is told after it is made
    judged = [one for one in pool if one.id != POOL[7].id]
    wanted = decided(judged, spoilt["queries"], chain, pool=pool)
    assert (large, "huge") in wanted["de"]  # and a sum is bad once the thresholds are there
    assert stored(index) == {code: [pair for pair in mine if pair[0] != large] for code, mine in wanted.items()}
    assert index.ids() == [one.id for one in judged if one.id != large]
    assert index.counts.skipped == 3
    assert {one["id"]: one["reason"] for one in index.message["bad_vectors"]} == {
        "bad": "a value of its vector is not a finite number",
        POOL[7].id: "a value of the vector of a ja query is not a finite number",
        large: "a value of its sum of de queries is too large for float16",
    }


def test_a_bad_vector_is_told_before_queries_are_made(make, tmp_path: Path) -> None:
    encoder = Stopping()
    with pytest.raises(XqgError, match="passage 'bad': a value of its vector is not a finite number; mend the text"):
        make(encoder=encoder, **{**spoilt_options(), "skip_bad": False})
    assert encoder.made == 1


def test_a_bad_query_is_told(make) -> None:
    spoilt = spoilt_options()
    passages = [one for one in spoilt["passages"] if one.id != "bad"]
    queries = {code: {one.id: spoilt["queries"][code][one.id] for one in passages} for code in ("de", "ja")}
    with pytest.raises(XqgError, match=f"passage '{POOL[7].id}': a value of the vector of a ja query is not"):
        make("best:0.6", passages=passages, queries=queries)


def test_cleaning_twice_counts_ties_once() -> None:
    """The same passages may be cleaned again, without a bad one: the filter must not remember the first time."""
    passages, texts = [Passage("a", "", "x", "en")], {"de": [["same", "same", " ", "same"]]}
    p = np.ones((1, 2), np.float32)
    best = BestFraction(0.6)
    best = best.with_thresholds(best.thresholds({"de": np.full(3, 2.0, np.float32)}))
    cleaning = Cleaning((best,))
    for _ in range(2):
        clean = cleaning.apply(passages, texts, p, lambda found: np.ones((len(found), 2), np.float32))
        assert (clean.texts, clean.removed) == ({"de": [["same", "same", " "]]}, {"de": [["same"]]})
        assert (clean.ties, len(clean.vectors["de"])) == ({"de": 2}, 2)
    later = cleaning.apply(passages, texts, p, lambda found: np.ones((len(found), 2), np.float32), {"de": 1})
    assert later.texts == {"de": [["same", " "]]}
