"""An operation killed anywhere and run again leaves what an unbroken run leaves.

XQG_FAULTS: how many kills, over all operations in turn. Each has its number, which with the
operation gives the same plan again: `pytest "tests/kills/test_kills.py::test_kill[17-add]"`.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kills.kill_operations import OPERATIONS
from kills.kill_plan import planned
from kills.kill_trial import Broken, Laboratory

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="no SIGKILL here: nothing ends a process without its knowledge"
)

KILLS = int(os.environ.get("XQG_FAULTS", "20"))
NAMES = list(OPERATIONS)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    return Laboratory(tmp_path_factory.mktemp("unbroken"))


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[tuple[str, str]]]:
    """(operation, stage) → kills; shown at the end (`pytest -s`)."""
    found: Counter[tuple[str, str]] = Counter()
    yield found
    for (operation, stage), kills in sorted(found.items()):
        print(f"{operation:24} {stage:28} {kills}")


@pytest.mark.parametrize(("number", "operation"), [(n, NAMES[n % len(NAMES)]) for n in range(KILLS)])
def test_kill(
    number: int, operation: str, laboratory: Laboratory, tally: Counter[tuple[str, str]], tmp_path: Path
) -> None:
    plan = planned(operation, number, laboratory.reference(operation).calls)
    try:
        outcome = laboratory.kill(plan, tmp_path)
    except Exception as error:
        pytest.fail(f"{type(error).__name__}: {error}\nkilled with {plan}", pytrace=not isinstance(error, Broken))
    tally[operation, outcome.stage] += 1
    tally["all", "killed twice"] += outcome.second
    tally["all", "torn"] += bool(outcome.torn)
