"""How far a long piece of work is: one kind of bar, in a terminal and in a notebook.

The bars are tqdm's. They are off unless somebody at the top turns them on (`with bars(True):`), so that
what is called on the way down carries no argument for them. Where stderr is neither a terminal nor a
notebook, no bar is drawn; work that may take days prints a line a minute instead (`changing`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from xqg.units import duration, rate

__all__ = ["Change", "Listener", "Pace", "bar", "bars", "changing", "note", "tracked"]

Part = TypeVar("Part")
EVERY = 60.0  # seconds between two lines where stderr is no terminal

_on: ContextVar[bool] = ContextVar("xqg_progress", default=False)


@contextmanager
def bars(shown: bool) -> Iterator[None]:
    """Show bars until the end of the block, or none."""
    token = _on.set(shown)
    try:
        yield
    finally:
        _on.reset(token)


def tracked(parts: Sequence[Part], label: str) -> Iterator[Part]:
    """The parts of some work one after another, with a bar where there are several."""
    with bar(label, len(parts), shown=len(parts) > 1) as advance:
        for part in parts:
            yield part
            advance(1)


@contextmanager
def bar(label: str, total: int, *, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar; call what comes out with how many of `total` were just done."""
    if not (shown and _on.get() and _drawable()):
        yield lambda _: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, desc=label, file=sys.stderr, leave=False) as drawn:

        def advance(number: int) -> None:
            drawn.update(number)

        yield advance


def _drawable() -> bool:
    """Whether a bar can be seen: in a terminal, or in a notebook."""
    if sys.stderr.isatty():
        return True
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


@dataclass(frozen=True)
class Change:
    """How far the change of an index is.

    Attributes:
        passages: done, of `total`.
        queries: generated so far.
        kept: passages that an earlier run did.
    """

    passages: int
    total: int
    queries: int
    kept: int = 0


Listener = Callable[[Change], None]


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

    def see(self, now: Change) -> None:
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

    def rates(self, now: Change) -> tuple[str, str]:
        """Passages and queries per second, for people."""
        passages = rate(now.passages - self._kept, self._moved - self._start)
        return passages, rate(now.queries - self._earlier, self._clock() - self._start)

    def left(self, now: Change) -> str | None:
        """How long it takes yet, for people; None while there is nothing to tell it from."""
        done, spent = self.done - self._kept, self._moved - self._start
        if done <= 0 or spent <= 0:
            return None
        return duration(spent * (now.total - self.done) / done - (self._clock() - self._moved))

    def line(self, now: Change) -> str:
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
def changing(queries_each: float = 0) -> Iterator[Listener]:
    """A listener that shows how far the change of an index is: a bar, or a line a minute in a log.

    Args:
        queries_each: queries that a passage will have, where known.
    """
    pace = Pace(queries_each)
    if not _on.get():
        yield lambda _: None
    elif not _drawable():
        yield _lines(pace)
    else:
        from tqdm.auto import tqdm

        with tqdm(total=1, file=sys.stderr, leave=False, bar_format="{bar:20} {postfix}") as drawn:

            def update(now: Change) -> None:
                pace.see(now)
                drawn.total, drawn.n = now.total, pace.done
                drawn.set_postfix_str(pace.line(now))

            yield update


def _lines(pace: Pace) -> Listener:
    last = time.monotonic()

    def update(now: Change) -> None:
        nonlocal last
        pace.see(now)
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(pace.line(now), file=sys.stderr, flush=True)

    return update


def note(line: str) -> None:
    """Print a line on stderr where bars are on: what long work says of itself at its end."""
    if _on.get():
        print(line, file=sys.stderr)
