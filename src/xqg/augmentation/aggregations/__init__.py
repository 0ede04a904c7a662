"""How an arm's query vectors and the passage's are brought together, one file each."""

from __future__ import annotations

from xqg.augmentation.aggregation import Aggregation
from xqg.augmentation.aggregations.max import BestVector
from xqg.augmentation.aggregations.mean import MeanOfQueries
from xqg.augmentation.aggregations.sum import SumOfQueries
from xqg.errors import XqgError

__all__ = ["AGGREGATIONS", "Aggregation", "parse_aggregations"]

AGGREGATIONS: dict[str, Aggregation] = {
    aggregation.name: aggregation for aggregation in (SumOfQueries(), MeanOfQueries(), BestVector())
}


def parse_aggregations(text: str) -> tuple[str, ...]:
    """`sum,max` → names, in the order given: the first is the main table's.

    Raises:
        XqgError: an unknown or repeated name, or none at all.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in AGGREGATIONS:
            raise XqgError(f"unknown aggregation {name!r}; use {', '.join(AGGREGATIONS)}")
        if names.count(name) > 1:
            raise XqgError(f"aggregation {name!r} is given twice; give it once")
    if not names:
        raise XqgError(f"no aggregation given; use some of {', '.join(AGGREGATIONS)}")
    return names
