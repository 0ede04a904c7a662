from __future__ import annotations

import numpy as np
import pytest

from xqg.comparison.arms import ARMS, parse_arms
from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan
from xqg.errors import XqgError

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)


def parts(plan: Plan, languages: list[str]) -> Parts:
    """Sums that are told apart by their value: en 1, fi 10, ja 100; own K 1000."""
    rows = len(languages)
    value = {"en": 1.0, "fi": 10.0, "ja": 100.0}
    first = {code: np.full((rows, 2), value[code], np.float32) for code in value}
    own = np.full((rows, 2), 1000.0, np.float32)
    return Parts(plan, np.zeros((rows, 2), np.float32), languages, first, own)


def test_plan_counts() -> None:
    assert PLAN.targets_of("en") == ("fi", "ja")
    assert (PLAN.languages, PLAN.queries) == (2, 4)
    assert PLAN.mean_languages == ("fi", "ja")
    assert Plan(("en",), ("en", "fi"), ("en", "fi"), 3).queries == 6  # given languages are taken as they are


def test_what_each_arm_needs_and_states() -> None:
    needs = {name: arm.needs(PLAN, "en") for name, arm in ARMS.items()}
    assert needs == {
        "none": {},
        "mono": {"en": 4},
        "cross": {"fi": 2, "ja": 2},
        "target-n": {"en": 2, "fi": 2, "ja": 2},
    }
    assert {name: arm.count(PLAN) for name, arm in ARMS.items()} == {
        "none": 0,
        "mono": 4,
        "cross": 4,
        "target-n": 2,
    }


def test_what_each_arm_adds() -> None:
    found = parts(PLAN, ["en"])
    totals = {name: sum((s[0, 0] for s in arm.sums(found, "ja")), start=0.0) for name, arm in ARMS.items()}
    assert totals == {"none": 0.0, "mono": 1000.0, "cross": 110.0, "target-n": 100.0}


def test_mixed_pool_leaves_out_each_passages_own_language() -> None:
    plan = Plan(("en", "fi"), ("en", "fi", "ja"), None, n=2)
    assert plan.languages == 2
    assert plan.mean_languages == ("en", "fi", "ja")
    total = np.sum(ARMS["cross"].sums(parts(plan, ["en", "fi"]), "ja"), axis=0)
    assert total[:, 0].tolist() == [110.0, 101.0]


def test_no_target_language_left() -> None:
    with pytest.raises(XqgError, match="--languages"):
        _ = Plan(("en",), ("en",), None, 5).queries


@pytest.mark.parametrize("text", ["", "none,other", "none,none"])
def test_wrong_arms(text: str) -> None:
    with pytest.raises(XqgError, match="arm"):
        parse_arms(text)
