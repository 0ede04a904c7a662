"""A process to fork others from, and the account of all kills at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from faults.kills import HIT
from faults.processes import fork_server


@pytest.fixture(scope="session")
def context() -> Iterator[ForkServerContext]:
    with fork_server() as found:
        yield found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if HIT and "XQG_FAULTS" in os.environ:
        terminalreporter.section("kills")
        for operation, phases in HIT.items():
            each = ", ".join(f"{phases[name]} {name}" for name in phases)
            terminalreporter.line(f"{operation}: {phases.total()} kills: {each}")
