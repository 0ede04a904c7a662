"""The keys of a recipe: a field with what it means and which values it may have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

__all__ = ["key", "keys_of", "meaning", "value_of"]

BIGGEST = 2**31


def key(
    default: Any = dataclasses.MISSING,
    help: str = "",
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a recipe.

    Args:
        default: none: the recipe must have the key.
        help: one phrase, shown by `xqg train KIND --help`.
        low, high: of a number; without them 1 to 2^31.
        choices: the texts that are allowed.
    """
    about = {"help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=about)


def keys_of(recipe: type) -> Mapping[str, dataclasses.Field[Any]]:
    """Name → field, in the order of the class, those first that a recipe must have."""
    fields = sorted(dataclasses.fields(recipe), key=lambda field: field.default is not dataclasses.MISSING)
    return {field.name: field for field in fields}


def meaning(field: dataclasses.Field[Any]) -> str:
    """What a key means, for the help."""
    return str(field.metadata.get("help", ""))


def value_of(field: dataclasses.Field[Any], value: Any) -> Any:
    """The value of a key, of the field's type; texts from a flag or YAML's `1e-5` are read as numbers.

    Raises:
        ValueError: it is of another type, out of range or no choice; the message says what it must be.
    """
    kind = field.type if isinstance(field.type, str) else field.type.__name__
    if kind.startswith("tuple"):
        return _texts(value)
    if kind == "str":
        if not isinstance(value, str):
            raise ValueError("it must be a text")
        if (choices := field.metadata.get("choices")) and value not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return value
    if kind == "bool":
        return _truth(value)
    number = _number(value, whole=kind == "int")
    low, high = field.metadata.get("low"), field.metadata.get("high")
    low, high = 1 if low is None else low, BIGGEST if high is None else high
    if not low <= number <= high:  # NaN lies in no range
        raise ValueError(f"it must lie between {low:g} and {high:g}")
    return number


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise ValueError("it must be a list of texts, such as [ja, ru]")
    return tuple(value)


def _truth(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ValueError("it must be true or false")
    return value


def _number(value: Any, whole: bool) -> float:
    kinds = int | str if whole else int | float | str
    try:
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise ValueError
        return int(value) if whole else float(value)
    except (ValueError, OverflowError):  # 400 digits are too many for a float
        raise ValueError(f"it must be {'a whole number' if whole else 'a number, such as 0.002'}") from None
