from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.experiment.plan import Plan

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)


def test_counts() -> None:
    assert PLAN.targets_of("en") == ("fi", "ja")
    assert (PLAN.languages, PLAN.queries) == (2, 4)
    assert PLAN.mean_languages == ("fi", "ja")
    assert Plan(("en",), ("en", "fi"), ("en", "fi"), 3).queries == 6  # given languages are taken as they are


def test_no_target_language_left() -> None:
    with pytest.raises(XqgError, match="`languages`, such as ja,ru"):
        _ = Plan(("en",), ("en",), None, 5).queries


def test_passages_with_different_numbers_of_target_languages() -> None:
    with pytest.raises(XqgError, match="fewer target languages; give `languages`"):
        _ = Plan(("en", "sv"), ("en", "fi"), None, 5).queries
