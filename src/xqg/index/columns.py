"""The dataset's columns: names, Arrow types, and NumPy arrays in and out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.passages import english_name

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "TEXTS",
    "canonical",
    "check_languages",
    "count_column",
    "from_arrow",
    "queries_column",
    "schema",
    "sum_column",
    "to_arrow",
]

TEXTS = ("id", "title", "text", "language")


def canonical(language: str) -> str:
    """`zh-Hant` and `zh_Hant` are one language; the second form is also safe in a column's name."""
    return language.replace("-", "_")


def queries_column(language: str) -> str:
    """Name of the column of generated query texts: `queries_ja`."""
    return f"queries_{canonical(language)}"


def sum_column(language: str) -> str:
    """Name of the column of summed query vectors: `sum_ja`."""
    return f"sum_{canonical(language)}"


def count_column(language: str) -> str:
    """Name of the column of numbers of summed queries: `count_ja`."""
    return f"count_{canonical(language)}"


def check_languages(languages: Sequence[str]) -> list[str]:
    """The codes, sorted: the order in which sums are stored and added.

    Raises:
        XqgError: a code that CLDR does not name, or one language in two spellings.
    """
    seen: dict[str, str] = {}
    for language in sorted(languages):
        english_name(language)
        other = seen.setdefault(canonical(language), language)
        if other != language:
            raise XqgError(f"{other!r} and {language!r} are one language; use one spelling of the code")
    return sorted(languages)


def schema(languages: Sequence[str], dimension: int, metadata: dict[str, str] | None = None) -> pa.Schema:
    """Arrow schema of an index; vectors are fixed-size lists of float16."""
    import pyarrow as pa

    vector = pa.list_(pa.float16(), dimension)
    fields = [pa.field(name, pa.string()) for name in TEXTS] + [pa.field("vector", vector)]
    for language in languages:
        fields += [
            pa.field(queries_column(language), pa.list_(pa.string())),
            pa.field(sum_column(language), vector),
            pa.field(count_column(language), pa.int32()),
        ]
    return pa.schema(fields, metadata=metadata)


def to_arrow(vectors: npt.NDArray[np.float16]) -> pa.Array:
    """A fixed-size list array from float16 vectors of shape (passages, dimension)."""
    import pyarrow as pa

    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])


def from_arrow(column: Any, dimension: int) -> npt.NDArray[np.float32]:
    """float32 array of shape (passages, dimension) from a fixed-size list array of a record batch."""
    values = column.flatten().to_numpy(zero_copy_only=False)
    return values.reshape(-1, dimension).astype(np.float32)
