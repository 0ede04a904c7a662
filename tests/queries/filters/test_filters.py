"""Filters by name, as on the command line."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.queries.filters import FILTERS, parse_filters
from xqg.queries.filters.best import BestFraction
from xqg.queries.filters.round_trip import RoundTrip


def names(text: str) -> list[str]:
    return [each.name for each in parse_filters(text)]


def test_canonical_names_in_the_order_of_their_work() -> None:
    assert names("language") == ["language"]
    assert names("best:0.70, round-trip,language") == ["language", "round-trip:10", "best:0.7"]
    assert names("round-trip:005") == ["round-trip:5"]
    assert names("best:.5") == ["best:0.5"]
    assert names("best:1") == ["best:1.0"]


def test_a_canonical_name_reads_back() -> None:
    for text in ("language,round-trip:3,best:0.123456789", "round-trip:10", "best:1.0"):
        assert ",".join(names(text)) == text


def test_what_each_needs() -> None:
    assert [each.needs for each in parse_filters("language,round-trip,best:0.5")] == [
        "texts",
        "pool",
        "scores",
    ]
    trip, best = parse_filters("round-trip:7,best:0.3")
    assert isinstance(trip, RoundTrip)
    assert isinstance(best, BestFraction)
    assert (trip.top, best.fraction) == (7, 0.3)


def test_examples_are_filters() -> None:
    for kind, family in FILTERS.items():
        assert names(family.example)[0].startswith(kind)


CHOICES = "use some of language, round-trip:10, best:0.7"


@pytest.mark.parametrize(
    "wrong",
    [
        "languages", "language:", "language:de", "best", "best:", "best:0", "best:1.1", "best:0.7_1",
        "best:-0.5", "best:nan", "best:²", "round-trip:", "round-trip:0", "round-trip:-1",
        "round-trip:2.5", "round-trip:٣", "round-trip:" + 5000 * "9", ":", ":5",
    ],
)  # fmt: skip
def test_unknown_or_ill_formed(wrong: str) -> None:
    with pytest.raises(XqgError) as caught:
        parse_filters(f"language,{wrong}" if wrong != "language:de" else wrong)
    assert str(caught.value) == f"unknown filter {wrong!r}; {CHOICES}"


@pytest.mark.parametrize("text", ["best:0.7,best:0.5", "language,language", "round-trip,round-trip:10"])
def test_each_kind_once(text: str) -> None:
    with pytest.raises(XqgError, match=r"is given twice in .*; give it once"):
        parse_filters(text)


@pytest.mark.parametrize("text", ["", " , "])
def test_none_given(text: str) -> None:
    with pytest.raises(XqgError, match=r"give some of language, round-trip:10, best:0\.7"):
        parse_filters(text)
