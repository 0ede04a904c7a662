"""Fields: what passages carry besides their texts, by name, and the one type of each over a pool.

Types: `string`, `int64`, `double`, `bool`, `list<string>`. A nested object, and a list of anything
but strings, is kept as its JSON text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from xqg.errors import XqgError
from xqg.passages.records import NO_FIELDS, Passage

__all__ = ["FieldTypes", "checked_fields", "field_types", "fitted"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Columns of an index, and names that its store keeps for itself; in any case, as SQL does not tell it apart.
_TAKEN = ("id", "title", "text", "language", "block", "vector", "_distance", "_score")
_TAKEN_PREFIXES = ("queries_", "sum_", "count_", "removed_", "_row")
_INT64 = range(-(2**63), 2**63)
_EXACT = 2**53  # a double holds every whole number up to here

_WIDE = "int64 beyond 2^53"  # an int64 that no double holds
_BOTH = {frozenset({"int64", "double"}): "double", frozenset({"int64", _WIDE}): _WIDE}


def checked_fields(where: str, given: Mapping[str, object]) -> Mapping[str, object]:
    """Fields as they are kept: nulls left out, nested values as JSON text.

    Args:
        where: names their place in messages: `file:line`.
        given: name → value.

    Raises:
        XqgError: a name that is no identifier or is taken; a number that is not finite or beyond 64
            bits; a text without UTF-8 form.
    """
    if not given:
        return NO_FIELDS
    found: dict[str, object] = {}
    for name, value in given.items():
        _check_name(where, name)
        # BEIR's corpora have `metadata: {}` in every row.
        if value is not None and not (name == "metadata" and isinstance(value, dict) and not value):
            found[name] = _checked(f"{where}: field {name!r}", value)
    return found or NO_FIELDS


def _check_name(where: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        why = "is not a name of ASCII letters, digits and _ that begins with no digit"
    elif name.lower() in _TAKEN or name.lower().startswith(_TAKEN_PREFIXES):
        why = "has a name that xqg keeps for its own columns"
    else:
        return
    raise XqgError(f"{where}: field {name!r} {why}; rename it")


def _checked(what: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value not in _INT64:
            raise XqgError(f"{what} is a whole number beyond 64 bits; write it as a string")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise XqgError(f"{what} is {value}, not a finite number; leave it out or write null")
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return [_encodable(what, one) for one in value]
    return _encodable(what, value if isinstance(value, str) else _as_json(what, value))


def _as_json(what: str, value: object) -> str:
    if not isinstance(value, dict | list | tuple):  # only a passage made in Python can hold such a value
        kind = type(value).__name__
        raise XqgError(f"{what} is of type {kind}; use str, int, float, bool or a list of str")
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise XqgError(f"{what} holds NaN, Infinity or what else JSON has not; mend or remove it") from None


def _encodable(what: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise XqgError(f"{what} holds half a surrogate pair; mend the escape") from None
    return text


class FieldTypes:
    """The type of each field over the passages added so far."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str]] = {}  # name → type, place where it was first seen

    @property
    def types(self) -> dict[str, str]:
        """Name → type, in the order first seen."""
        return {name: "int64" if kind == _WIDE else kind for name, (kind, _) in self._seen.items()}

    def add(self, where: str, fields: Mapping[str, object], place: str | None = None) -> None:
        """Take the fields of another passage; int64 and double together are double.

        Args:
            where: names the passage in an error.
            fields: as `checked_fields` gives them.
            place: names it in the error of a later one (None: as `where`).

        Raises:
            XqgError: a field of another type than before; then nothing of the passage is taken.
        """
        found = {}
        for name, value in fields.items():
            kind = _kind(value)
            before, first = self._seen.get(name, (kind, place or where))
            both = kind if kind == before else _BOTH.get(frozenset({kind, before}))
            if both is None:
                raise XqgError(
                    f"{where}: field {name!r} is {kind} here and {before} in {first}; "
                    "give it one type, or another name here"
                )
            found[name] = both, first
        self._seen.update(found)


def field_types(passages: Iterable[Passage]) -> dict[str, str]:
    """One type per field over a whole pool: name → type, in the order first seen.

    Raises:
        XqgError: names the passage, as `checked_fields` and `FieldTypes.add`.
    """
    seen = FieldTypes()
    for passage in passages:
        where = f"passage {passage.id!r}"
        seen.add(where, checked_fields(where, passage.fields))
    return seen.types


def fitted(passage: Passage, types: Mapping[str, str]) -> Passage:
    """A passage with its fields' values in the pool's types: a whole number of a double field as a float.

    Raises:
        XqgError: a field that the types do not know, or of another type.
    """
    if not passage.fields:
        return passage
    values = {name: _fitted(passage, name, value, types) for name, value in passage.fields.items()}
    return replace(passage, fields=values)


def _fitted(passage: Passage, name: str, value: object, types: Mapping[str, str]) -> object:
    kind = _kind(value)
    if kind == "int64" and types.get(name) == "double":
        return float(value)  # type: ignore[arg-type]  # its kind says that it is an int
    if types.get(name) != ("int64" if kind == _WIDE else kind):
        raise XqgError(f"passage {passage.id!r}: field {name!r} is {kind}, which it is in no other passage")
    return value


def _kind(value: object) -> str:
    if isinstance(value, bool):  # before int, of which it is one
        return "bool"
    if isinstance(value, int):
        return "int64" if abs(value) <= _EXACT else _WIDE
    if isinstance(value, float):
        return "double"
    return "string" if isinstance(value, str) else "list<string>"
