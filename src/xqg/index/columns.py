"""The dataset's columns: names, Arrow types, and NumPy arrays in and out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.passages import english_name

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BLOCK",
    "TEXTS",
    "canonical",
    "check_languages",
    "count_column",
    "from_arrow",
    "language_fields",
    "queries_column",
    "removed_column",
    "schema",
    "sum_column",
    "to_arrow",
    "verdicts_column",
    "verdicts_field",
]

TEXTS = ("id", "title", "text", "language")
BLOCK = "block"  # number of the block that the passage's queries were, or would be, sampled in


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


def removed_column(language: str) -> str:
    """Name of the column of queries that a filter took out: `removed_ja`; only where there are filters."""
    return f"removed_{canonical(language)}"


def verdicts_column(language: str) -> str:
    """Name of the column of language verdicts: `verdicts_ja`.

    A row has one verdict for each text of `queries_ja`, then one for each of `removed_ja`: whether the
    query is in the language that was asked for, null where that was not judged (a blank text, a language
    that cannot be told). The whole list is null in an index that was upgraded from format 2.
    """
    return f"verdicts_{canonical(language)}"


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


def schema(
    languages: Sequence[str], dimension: int, fields: Mapping[str, str] | None = None, filtered: bool = False
) -> pa.Schema:
    """Arrow schema of an index; vectors are fixed-size lists of float16.

    Args:
        fields: the passages' extra columns, name → type (`string`, `int64`, `double`, `bool`,
            `list<string>`).
        filtered: whether queries that filters took out have a column too.
    """
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "list<string>": pa.list_(pa.string()),
    }
    columns = [pa.field(name, pa.string()) for name in TEXTS] + [pa.field(BLOCK, pa.int32())]
    columns += [pa.field(name, types[kind]) for name, kind in (fields or {}).items()]
    columns.append(pa.field("vector", pa.list_(pa.float16(), dimension)))
    for language in languages:
        columns += language_fields(language, dimension, filtered)
    return pa.schema(columns)


def language_fields(language: str, dimension: int, filtered: bool) -> list[pa.Field]:
    """The columns of one language's generated queries."""
    import pyarrow as pa

    fields = [
        pa.field(queries_column(language), pa.list_(pa.string())),
        pa.field(sum_column(language), pa.list_(pa.float16(), dimension)),
        pa.field(count_column(language), pa.int32()),
        verdicts_field(language),
    ]
    if filtered:
        fields.append(pa.field(removed_column(language), pa.list_(pa.string())))
    return fields


def verdicts_field(language: str) -> pa.Field:
    """The column of language verdicts."""
    import pyarrow as pa

    return pa.field(verdicts_column(language), pa.list_(pa.bool_()))


def to_arrow(vectors: npt.NDArray[np.float16]) -> pa.Array:
    """A fixed-size list array from float16 vectors of shape (passages, dimension)."""
    import pyarrow as pa

    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])


def from_arrow(column: Any, dimension: int) -> npt.NDArray[np.float32]:
    """float32 array of shape (passages, dimension) from a fixed-size list array of a record batch."""
    values = column.flatten().to_numpy(zero_copy_only=False)
    return values.reshape(-1, dimension).astype(np.float32)
