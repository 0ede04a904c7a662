"""The share of generated queries in the language asked for."""

from __future__ import annotations

from xqg.experiment.queries import language_shares

GERMAN, ENGLISH = "Wann wurde die große Brücke gebaut?", "When was the great bridge built?"


def test_shares() -> None:
    queries = {"de": {"p0": [GERMAN, ENGLISH], "p1": [" ", GERMAN, GERMAN]}, "en": {"p0": [ENGLISH]}}
    assert language_shares(queries, ["de", "en"]) == {"de": 0.75, "en": 1.0}


def test_a_language_unknown_to_lingua_has_no_share() -> None:
    queries = {"am": {"p0": [ENGLISH]}, "de": {"p0": [GERMAN]}}
    assert language_shares(queries, ["am", "de", "en"]) == {"de": 1.0}  # and not 0 for am
    assert language_shares(queries, ["am"]) == {}


def test_queries_that_cannot_be_told_are_not_in_the_language() -> None:
    assert language_shares({"de": {"p0": ["123?"]}}, ["de", "en"]) == {"de": 0.0}


def test_without_a_query_there_is_no_share() -> None:
    assert language_shares({"de": {"p0": [" "]}, "ja": {}}, ["de", "en", "ja"]) == {}
