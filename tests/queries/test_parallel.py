"""Several items at a time come back in order, and an error stops what has not begun."""

from __future__ import annotations

import threading
import time

import pytest

from xqg.queries.parallel import in_order


@pytest.mark.parametrize("workers", [1, 3])
def test_results_are_in_the_items_order(workers: int) -> None:
    def slowly(number: int) -> int:
        time.sleep(0.02 if number % 2 else 0)  # the odd ones are overtaken
        return number * number

    assert list(in_order(slowly, range(9), workers)) == [(number, number**2) for number in range(9)]


def test_as_many_at_a_time_as_there_are_workers() -> None:
    together = threading.Barrier(3, timeout=20)  # passed only where three wait at once
    assert [item for item, _ in in_order(lambda _: together.wait(), range(6), 3)] == list(range(6))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_stops_what_has_not_begun(workers: int) -> None:
    begun: list[int] = []

    def failing(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ValueError("no")
        return number

    found = in_order(failing, range(100), workers)
    assert next(found) == (0, 0)
    with pytest.raises(ValueError, match="no"):
        next(found)
    assert len(begun) <= 1 + 2 * workers


def test_a_caller_that_stops_ends_the_work() -> None:
    begun: list[int] = []
    found = in_order(begun.append, range(100), 2)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert len(begun) <= 4
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("xqg")]
