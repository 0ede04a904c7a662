"""Small things to print: shares by language, and how far a long command is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xqg.units import duration, rate

if TYPE_CHECKING:
    from xqg.index.progress import Listener, Progress

__all__ = ["Pace", "building", "by_language", "shares"]

EVERY = 60.0  # seconds between two lines where stderr is no terminal


def by_language(numbers: Mapping[str, int]) -> str:
    """`ja 5950, ru 5948`."""
    return ", ".join(f"{code} {number}" for code, number in numbers.items())


def shares(judged: Mapping[str, tuple[int, int]]) -> str:
    """`ja 1.2 % of 5,950, th 14.0 % of 5,950`, from (all, those that count) by language."""
    return ", ".join(
        f"{code} {100 * part / max(whole, 1):.1f} % of {whole:,}" for code, (whole, part) in judged.items()
    )


class Pace:
    """How fast this run is: what an earlier run did counts as done, not as fast."""

    def __init__(self, queries_each: float = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """The clock starts now.

        Args:
            queries_each: queries that a passage will have; they tell how far it is while the first
                passages wait for theirs.
            clock: seconds.
        """
        self._each = queries_each
        self._clock = clock
        self._start = self._moved = clock()
        self._kept = self._earlier = 0  # passages and queries before the clock started
        self.done = 0.0  # passages, those under way in part

    def see(self, now: Progress) -> None:
        """Take note of how far it is."""
        if now.kept > self._kept:
            self._start = self._moved = self._clock()
            self._kept, self._earlier = now.kept, now.queries
        reached = float(now.passages)
        if self._each:
            under_way = self._kept + (now.queries - self._earlier) / self._each
            reached = min(max(reached, under_way), float(now.total))
        if reached > self.done:
            self.done, self._moved = reached, self._clock()

    def rates(self, now: Progress) -> tuple[str, str]:
        """Passages and queries per second, for people."""
        passages = rate(now.passages - self._kept, self._moved - self._start)
        return passages, rate(now.queries - self._earlier, self._clock() - self._start)

    def left(self, now: Progress) -> str | None:
        """How long it takes yet, for people; None while there is nothing to tell it from."""
        done, spent = self.done - self._kept, self._moved - self._start
        if done <= 0 or spent <= 0:
            return None
        return duration(spent * (now.total - self.done) / done - (self._clock() - self._moved))

    def line(self, now: Progress) -> str:
        """`12,288 of 1,000,000 passages, 430,080 queries, 38 passages/s, 1,330 queries/s, 7 h 12 min left`."""
        passages, queries = self.rates(now)
        parts = [f"{now.passages:,} of {now.total:,} passages"]
        if now.queries:
            parts.append(f"{now.queries:,} queries")
        if now.passages > self._kept:
            parts.append(f"{passages} passages/s")
        if now.queries > self._earlier:
            parts.append(f"{queries} queries/s")
        left = self.left(now)
        return ", ".join([*parts, f"{left} left"] if left else parts)


@contextmanager
def building(queries_each: float = 0) -> Iterator[Listener]:
    """A listener that shows how far a change of an index is.

    On a terminal a bar; elsewhere a line on stderr, at most one a minute, so that the log of a run
    of days says where it is.

    Args:
        queries_each: queries that a passage will have, where known.
    """
    pace = Pace(queries_each)
    if not sys.stderr.isatty():
        yield _lines(pace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    # In a narrow terminal the line goes on below: its end says how long it takes yet.
    text = TextColumn("{task.fields[line]}", table_column=Column(no_wrap=False))
    with Bar(BarColumn(20), text, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, line="")

        def update(now: Progress) -> None:
            pace.see(now)
            bar.update(task, completed=pace.done, total=now.total, line=pace.line(now))

        yield update


def _lines(pace: Pace) -> Listener:
    last = time.monotonic()

    def update(now: Progress) -> None:
        nonlocal last
        pace.see(now)
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(pace.line(now), file=sys.stderr, flush=True)

    return update

