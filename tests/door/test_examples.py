"""The examples in the door's docstrings do what they say, on the mini models."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import xqg
import xqg.door


def examples() -> list[doctest.DocTest]:
    found = []
    for module in pkgutil.iter_modules(xqg.door.__path__, "xqg.door."):
        found += doctest.DocTestFinder().find(import_module(module.name), extraglobs={"xqg": xqg})
    return [one for one in found if one.examples]


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.name.removeprefix("xqg.door."))
def test_examples(place: Path, example: doctest.DocTest) -> None:
    said: list[str] = []
    ended = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert ended.attempted
    assert not ended.failed, "".join(said)


def test_every_method_has_one() -> None:
    named = {one.name for one in examples()}
    missing = [
        name
        for name, value in [*vars(xqg.Index).items(), *vars(xqg.Index.__mro__[1]).items()]
        if not name.startswith("_") and callable(getattr(xqg.Index, name)) and not any(one.endswith(f".{name}") for one in named)
    ]
    assert missing == []
