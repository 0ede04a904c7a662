"""Reading a recipe: one YAML file says everything that a training run depends on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.training.recipe.keys import keys_of, value_of
from xqg.training.recipe.method import Recipe
from xqg.training.recipe.methods import METHODS, USUAL

__all__ = ["filled", "kind_of", "read_recipe", "values_of"]


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
    name, values = _name(recipe), values_of(recipe)
    methods = METHODS[kind]
    method = {**values, **changes}.get("method", USUAL[kind])
    if not isinstance(method, str) or method not in methods:
        raise XqgError(f"{name}: method is {method!r}; a recipe of {kind}s has one of {', '.join(methods)}")
    return filled(methods[method].recipe, _without_method(values), name, _without_method(changes))


def filled(recipe: Any, values: Mapping[str, Any], name: str, changes: Mapping[str, Any]) -> Recipe:
    """A recipe of a class, with the values of its keys.

    Args:
        recipe: a method's class: fields by `key`, and the method's name as `METHOD`.
        values, name: those of a file or dictionary, and how messages name it.
        changes: values that win over those; messages name their key.

    Raises:
        XqgError: an unknown or missing key, a value of the wrong type or out of range.
    """
    merged = {**values, **changes}
    if "epochs" in changes and "steps" not in changes:
        merged.pop("steps", None)  # steps stand in for epochs: the recipe's must not win over a caller's epochs
    fields = keys_of(recipe)
    found: dict[str, Any] = {}
    for key, value in merged.items():
        where = f"`{key}`" if key in changes else name
        if key not in fields:
            keys = ", ".join(fields)
            raise XqgError(f"{where}: unknown key {key!r}; the keys of method {recipe.METHOD} are {keys}")
        try:
            found[key] = value_of(fields[key], value)
        except ValueError as error:
            raise XqgError(f"{where}: {key} is {value!r}; {error}") from None
    try:
        return recipe(**found)
    except TypeError:
        missing = [key for key, field in fields.items() if key not in found and not _has_default(field)]
        raise XqgError(f"{name}: no {missing[0]}; add the line `{missing[0]}: …`") from None


def kind_of(recipe: Path | str | Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> str:
    """The kind of model that a recipe is for: the only one with a method that has all of its keys.

    Raises:
        XqgError: there is none, or more than one; a file that `read_recipe` would refuse.
    """
    name, values = _name(recipe), {**values_of(recipe), **(changes or {})}
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


def _without_method(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "method"}


def _fits(values: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    needed = {name for name, field in fields.items() if not _has_default(field)}
    return needed <= set(values) <= set(fields)


def _name(recipe: Path | str | Mapping[str, Any]) -> str:
    """How messages name a recipe."""
    return "`recipe`" if isinstance(recipe, Mapping) else str(recipe)


def values_of(recipe: Path | str | Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's keys and their values as they are written, the method's name among them.

    Raises:
        XqgError: no such file, or broken YAML.
    """
    if isinstance(recipe, Mapping):
        return {str(name): value for name, value in recipe.items()}
    return _file_values(Path(recipe))


def _file_values(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        raise XqgError(f"{path}: no such recipe; give a YAML file such as recipes/atlas/retriever.yaml")
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
