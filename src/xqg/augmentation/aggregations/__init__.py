"""How an arm's query vectors and the passage's are brought together, by name; one file each."""

from __future__ import annotations

from collections.abc import Iterable

from xqg.augmentation.aggregation import Aggregation
from xqg.errors import XqgError
from xqg.registry import Registry

__all__ = ["AGGREGATIONS", "Aggregation", "parse_aggregations"]

AGGREGATIONS: Registry[Aggregation] = Registry(
    "aggregation", "xqg.augmentation.aggregations", group="xqg.aggregations"
)


def parse_aggregations(aggregations: str | Iterable[str]) -> tuple[str, ...]:
    """`sum,max`, or a list of names → names, in the order given: the first is the main table's.

    Raises:
        XqgError: an unknown or repeated name, or none at all.
    """
    listed = aggregations.split(",") if isinstance(aggregations, str) else [str(name) for name in aggregations]
    names = tuple(name.strip() for name in listed if name.strip())
    for name in names:
        if name not in AGGREGATIONS:
            raise XqgError(f"unknown aggregation {name!r}; use {', '.join(AGGREGATIONS)}")
        if names.count(name) > 1:
            raise XqgError(f"aggregation {name!r} is given twice; give it once")
    if not names:
        raise XqgError(f"no aggregation given; use some of {', '.join(AGGREGATIONS)}")
    return names
