"""Filters of generated queries, one file each: which of them count in a passage's vector."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.queries.filter import Block, FilterFamily, Judgement, Needs, QueryFilter
from xqg.queries.filters import best_fraction, language, round_trip
from xqg.queries.filters.best_fraction import BestFraction, Threshold
from xqg.queries.filters.language import InLanguage
from xqg.queries.filters.round_trip import RoundTrip
from xqg.queries.wrong_language import wrong_language

__all__ = [
    "FILTERS",
    "BestFraction",
    "Block",
    "InLanguage",
    "Judgement",
    "Needs",
    "QueryFilter",
    "RoundTrip",
    "Threshold",
    "parse_filters",
    "wrong_language",
]

FILTERS: dict[str, FilterFamily] = {"language": language, "round-trip": round_trip, "best": best_fraction}


def parse_filters(text: str) -> tuple[QueryFilter, ...]:
    """`language,round-trip:5,best:0.7` → filters, in the order of `FILTERS`; each kind at most once.

    Raises:
        XqgError: an unknown, ill-formed or repeated filter, or none at all.
    """
    choices = ", ".join(family.EXAMPLE for family in FILTERS.values())
    found: dict[str, QueryFilter] = {}
    for given in [part.strip() for part in text.split(",") if part.strip()]:
        kind, colon, setting = given.partition(":")
        parsed = FILTERS[kind].parse(setting if colon else None) if kind in FILTERS else None
        if parsed is None:
            raise XqgError(f"unknown filter {given!r}; use some of {choices}")
        if kind in found:
            raise XqgError(f"filter {kind!r} is given twice in {text!r}; give it once")
        found[kind] = parsed
    if not found:
        raise XqgError(f"no filter in {text!r}; give some of {choices}, separated by commas")
    return tuple(found[kind] for kind in FILTERS if kind in found)
