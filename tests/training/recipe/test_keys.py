"""Keys: the values that each type takes, and what is said about others."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from xqg.training.recipe import METHODS
from xqg.training.recipe.keys import key, keys_of, meaning, value_of


@dataclasses.dataclass(frozen=True)
class Recipe:
    name: str = key(help="what it is called")
    kind: str = key("a", choices=("a", "b"))
    number: int = key(3)
    share: float = key(0.5, low=0, high=1)
    seed: int = key(0, low=0)
    right: bool = key(True)
    several: tuple[str, ...] = key(())


def value(name: str, given: Any) -> Any:
    return value_of(keys_of(Recipe)[name], given)


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("name", "x", "x"),
        ("kind", "b", "b"),
        ("number", 7, 7),
        ("number", "7", 7),
        ("number", " 7 ", 7),
        ("number", 2**31, 2**31),
        ("seed", 0, 0),
        ("share", 1, 1.0),
        ("share", "1e-5", 1e-5),  # YAML 1.1 reads it as a text
        ("share", "0.25", 0.25),
        ("right", False, False),
        ("right", "true", True),
        ("right", "False", False),
        ("several", "ja", ("ja",)),
        ("several", "ja, ru,", ("ja", "ru")),
        ("several", ["ja", "ru"], ("ja", "ru")),
        ("several", [], ()),
        ("several", "", ()),
    ],
)
def test_values(name: str, given: Any, read: Any) -> None:
    found = value(name, given)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("name", 7, "it must be a text"),
        ("name", None, "it must be a text"),
        ("kind", "c", "it must be one of a, b"),
        ("number", 1.5, "it must be a whole number"),
        ("number", "1.0", "it must be a whole number"),
        ("number", True, "it must be a whole number"),
        ("number", None, "it must be a whole number"),
        ("number", "many", "it must be a whole number"),
        ("number", 0, "it must lie between 1 and 2.14748e"),
        ("number", 2**31 + 1, "it must lie between 1 and"),
        ("seed", -1, "it must lie between 0 and"),
        ("share", "high", "it must be a number, such as 0.002"),
        ("share", False, "it must be a number"),
        ("share", [1], "it must be a number"),
        ("share", 10**400, "it must be a number"),
        ("number", "9" * 5000, "it must be a whole number"),
        ("number", 10**400, "it must lie between 1 and"),
        ("share", 1.01, "it must lie between 0 and 1"),
        ("share", "nan", "it must lie between 0 and 1"),
        ("share", float("inf"), "it must lie between 0 and 1"),
        ("right", 1, "it must be true or false"),
        ("right", "yes", "it must be true or false"),
        ("several", 7, "it must be a list of texts"),
        ("several", ["ja", 7], "it must be a list of texts"),
        ("several", None, "it must be a list of texts"),
    ],
)
def test_wrong_values(name: str, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        value(name, given)


def test_a_key_says_what_it_means() -> None:
    fields = keys_of(Recipe)
    assert list(fields) == ["name", "kind", "number", "share", "seed", "right", "several"]
    assert meaning(fields["name"]) == "what it is called"
    assert Recipe(name="x").number == 3


@pytest.mark.parametrize("kind", METHODS)
def test_recipes_are_whole(kind: str) -> None:
    """Every key has a meaning and a type that can be read, and its default is allowed."""
    for name, method in METHODS[kind].items():
        assert name == method.recipe.METHOD
        for field in keys_of(method.recipe).values():
            assert meaning(field), field.name
            if field.default is not dataclasses.MISSING:
                assert value_of(field, field.default) == field.default, field.name
