"""Reading a recipe: one YAML file says everything that a training run depends on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.training.recipe.keys import keys_of, value_of
from xqg.training.recipe.method import Recipe
from xqg.training.recipe.methods import METHODS, USUAL

__all__ = ["kind_of", "read_recipe"]


def read_recipe(
    recipe: Path | str | Mapping[str, Any], kind: str, changes: Mapping[str, Any] | None = None
) -> Recipe:
    """Read a recipe; relative folders in it count from where the command runs.

    The key `method` says which of `METHODS[kind]` it is; without one it is `USUAL[kind]`.

    Args:
        recipe: a YAML file, or its keys.
        kind: `encoder`, `generator` or `reader`.
        changes: values of keys that win over the recipe's; numbers may be texts, as a flag gives them.

    Raises:
        XqgError: no such kind or method; file missing, broken YAML, an unknown or missing key, a value of the
            wrong type or out of range.
    """
    if kind not in METHODS:
        raise XqgError(f"unknown kind of model {kind!r}; train an encoder, a generator or a reader")
    changes = changes or {}
    name_of_recipe, values = _values(recipe)
    values.update(changes)
    if "epochs" in changes and "steps" not in changes:
        values.pop("steps", None)  # steps stand in for epochs: the recipe's must not win over a caller's epochs
    methods = METHODS[kind]
    method = values.pop("method", USUAL[kind])
    if not isinstance(method, str) or method not in methods:
        raise XqgError(f"{name_of_recipe}: method is {method!r}; a recipe of {kind}s has one of {', '.join(methods)}")
    fields = keys_of(methods[method].recipe)
    found: dict[str, Any] = {}
    for name, value in values.items():
        where = f"`{name}`" if name in changes else name_of_recipe
        if name not in fields:
            raise XqgError(f"{where}: unknown key {name!r}; the keys of method {method} are {', '.join(fields)}")
        try:
            found[name] = value_of(fields[name], value)
        except ValueError as error:
            raise XqgError(f"{where}: {name} is {value!r}; {error}") from None
    try:
        return methods[method].recipe(**found)
    except TypeError:
        missing = [name for name, field in fields.items() if name not in found and not _has_default(field)]
        raise XqgError(f"{name_of_recipe}: no {missing[0]}; add the line `{missing[0]}: …`") from None


def kind_of(recipe: Path | str | Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> str:
    """The kind of model that a recipe is for: the only one with a method that has all of its keys.

    Raises:
        XqgError: there is none, or more than one; a file that `read_recipe` would refuse.
    """
    name, values = _values(recipe)
    values.update(changes or {})
    asked = values.pop("method", None)
    kinds = [
        kind
        for kind, methods in METHODS.items()
        for method in ([USUAL[kind]] if asked is None else [asked] if str(asked) in methods else [])
        if _fits(values, keys_of(methods[method].recipe))
    ]
    if len(kinds) == 1:
        return kinds[0]
    remedy = f"give `kind`, one of {', '.join(METHODS)}"
    if kinds:
        raise XqgError(f"{name}: its keys fit several kinds ({', '.join(kinds)}); {remedy}")
    known = {key for methods in METHODS.values() for _, method in methods.items() for key in keys_of(method.recipe)}
    unknown = [key for key in values if key not in known]
    if unknown:
        raise XqgError(f"{name}: no method of any kind has a key {unknown[0]!r}; correct it, or {remedy}")
    raise XqgError(f"{name}: no method of any kind has all of its keys; {remedy}")


def _fits(values: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    needed = {name for name, field in fields.items() if not _has_default(field)}
    return needed <= set(values) <= set(fields)


def _values(recipe: Path | str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """How messages name a recipe, and its keys."""
    if isinstance(recipe, Mapping):
        return "`recipe`", {str(name): value for name, value in recipe.items()}
    return str(recipe), _file_values(Path(recipe))


def _file_values(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        raise XqgError(f"{path}: no such recipe; give a YAML file such as recipes/mini/encoder.yaml")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # no UTF-8, no such date, brackets without end
        reason = " ".join(str(error).split())
        raise XqgError(f"{path}: not a YAML file ({reason}); mend it") from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise XqgError(f"{path}: a recipe is a list of `key: value` lines; mend it")
    return values


def _has_default(field: Any) -> bool:
    import dataclasses

    return field.default is not dataclasses.MISSING
