"""Filters of generated queries by name, one file each: which queries count in a passage's vector."""

from __future__ import annotations

from collections.abc import Iterable

from xqg.errors import XqgError
from xqg.queries.filter import NEEDS, QueryFilter
from xqg.registry import Registry

__all__ = ["FILTERS", "filter_of", "parse_filters"]

FILTERS: Registry[type[QueryFilter]] = Registry("filter", "xqg.queries.filters", group="xqg.filters")


def filter_of(name: str) -> QueryFilter | None:
    """The filter of a name such as `round-trip:5`; None where there is none."""
    kind, colon, setting = name.partition(":")
    return FILTERS[kind].parse(setting if colon else None) if kind in FILTERS else None


def parse_filters(filters: str | Iterable[str | QueryFilter]) -> tuple[QueryFilter, ...]:
    """`language,round-trip:5,best:0.7` → filters; those with little work first, each kind at most once.

    Args:
        filters: names in one text, separated by commas, or a list of names and filters. A filter must be
            one that its name gives again: an index keeps names only.

    Raises:
        XqgError: an unknown, ill-formed or repeated filter, or none at all.
    """
    order = FILTERS.ordered(lambda kind: NEEDS.index(kind.needs))
    choices = ", ".join(FILTERS[kind].example for kind in order)
    chosen: dict[str, QueryFilter] = {}
    for one in _listed(filters):
        name = one.name if isinstance(one, QueryFilter) else one
        parsed = filter_of(name) if isinstance(name, str) else None
        if parsed is None:
            raise XqgError(f"unknown filter {name!r}; use some of {choices}")
        kind = name.partition(":")[0]
        if kind in chosen:
            raise XqgError(f"filter {kind!r} is given twice in {filters!r}; give it once")
        chosen[kind] = one if isinstance(one, QueryFilter) else parsed
    if not chosen:
        raise XqgError(f"no filter in {filters!r}; give some of {choices}, separated by commas")
    return tuple(chosen[kind] for kind in order if kind in chosen)


def _listed(filters: str | Iterable[str | QueryFilter]) -> list[str | QueryFilter]:
    if isinstance(filters, str):
        return [part.strip() for part in filters.split(",") if part.strip()]
    return [filters] if isinstance(filters, QueryFilter) else list(filters)
