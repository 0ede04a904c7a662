"""Weightings: the stored default, and what replaces it."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.search import Weighting


def test_stored_default(build) -> None:
    assert Weighting.of(build(alpha=0.2)) == Weighting(0.2, "raw", ("ja", "ru", "zh_Hant"))


def test_override(build) -> None:
    index = build()
    assert Weighting.of(index, 0.5, ["zh-Hant", "ja"]) == Weighting(0.5, "raw", ("ja", "zh_Hant"))
    assert Weighting.of(index, languages=[]).languages == ()
    assert Weighting.of(index, alpha=0).alpha == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": -0.1}, "`alpha` is -0.1"),
        ({"alpha": float("nan")}, "`alpha` is nan"),
        ({"languages": ["fi"]}, "'fi' are stored; choose from: ja, ru, zh_Hant"),
        ({"languages": "ja"}, "give a list"),
    ],
)
def test_wrong_override(build, options: dict, message: str) -> None:
    with pytest.raises(XqgError, match=message):
        Weighting.of(build(), **options)
