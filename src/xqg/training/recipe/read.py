"""Reading a recipe: one YAML file says everything that a training run depends on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.training.recipe.keys import keys_of, value_of
from xqg.training.recipe.methods import METHODS, Recipe

__all__ = ["read_recipe"]


def read_recipe(path: Path | str, kind: str, flags: Mapping[str, str] | None = None) -> Recipe:
    """Read a recipe; relative folders in it count from where the command runs.

    The key `method` says which of `METHODS[kind]` it is; without one it is the first.

    Args:
        kind: `encoder`, `generator` or `reader`.
        flags: values of keys, as texts, that win over the file's.

    Raises:
        XqgError: no such kind or method; file missing, broken YAML, an unknown or missing key, a value of the
            wrong type or out of range.
    """
    if kind not in METHODS:
        raise XqgError(f"unknown kind of model {kind!r}; train an encoder, a generator or a reader")
    path = Path(path)
    values = _values(path)
    given = {name: f"--{name.replace('_', '-')}" for name in flags or {}}
    values.update(flags or {})
    methods = METHODS[kind]
    method = values.pop("method", next(iter(methods)))
    if not isinstance(method, str) or method not in methods:
        raise XqgError(f"{path}: method is {method!r}; a recipe of {kind}s has one of {', '.join(methods)}")
    fields = keys_of(methods[method].recipe)
    found: dict[str, Any] = {}
    for name, value in values.items():
        where = given.get(name, str(path))
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
        raise XqgError(f"{path}: no {missing[0]}; add the line `{missing[0]}: …`") from None


def _values(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        raise XqgError(f"{path}: no such recipe; give a YAML file such as recipes/mini/encoder.yaml")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise XqgError(f"{path}: not a YAML file ({reason}); mend it") from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise XqgError(f"{path}: a recipe is a list of `key: value` lines; mend it")
    return values


def _has_default(field: Any) -> bool:
    import dataclasses

    return field.default is not dataclasses.MISSING
