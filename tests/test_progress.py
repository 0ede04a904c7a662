"""Sizes and durations for people, and how far a long command is."""

from __future__ import annotations

import sys

import pytest

from xqg import progress
from xqg.door.reports import shares
from xqg.index.progress import Ticker
from xqg.progress import Change, Pace, bars, changing
from xqg.units import duration, rate, size


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (40.4, "40 s"), (59.9, "60 s"), (725, "12 min"), (25_920, "7 h 12 min"), (273_600, "3 d 4 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers() -> None:
    assert (size(999), size(1500), size(2_300_000)) == ("999 B", "1.5 kB", "2.3 MB")
    assert (rate(1, 10), rate(38, 10), rate(12_340, 10), rate(1, 0)) == ("0.10", "3.8", "1,234", "0.00")
    assert shares({"ja": (5950, 71), "th": (0, 0)}) == "ja 1.2 % of 5,950, th 0.0 % of 0"


def test_the_line_of_a_log() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    clock.now += 100
    now = Change(passages=2000, total=10_000, queries=70_000)
    pace.see(now)
    assert pace.line(now) == "2,000 of 10,000 passages, 70,000 queries, 20 passages/s, 700 queries/s, 7 min left"
    clock.now += 300  # nothing was finished meanwhile: the time left goes down, the rate stays
    later = Change(2000, 10_000, 80_000)
    pace.see(later)
    assert pace.line(later).endswith("20 passages/s, 200 queries/s, 2 min left")


def test_what_an_earlier_run_did_is_not_this_runs_speed() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    clock.now += 50  # spent on going through what is there
    pace.see(Change(8000, 10_000, 0, kept=8000))
    assert pace.line(Change(8000, 10_000, 0, kept=8000)) == "8,000 of 10,000 passages"
    clock.now += 10
    now = Change(9000, 10_000, 5000, kept=8000)
    pace.see(now)
    assert pace.line(now) == "9,000 of 10,000 passages, 5,000 queries, 100 passages/s, 500 queries/s, 10 s left"


def test_queries_tell_how_far_it_is_before_the_first_passages_are_done() -> None:
    clock = Clock()
    pace = Pace(queries_each=10, clock=clock)
    clock.now += 10
    now = Change(0, 1000, 2000)
    pace.see(now)
    assert pace.done == 200
    assert pace.line(now) == "0 of 1,000 passages, 2,000 queries, 200 queries/s, 40 s left"
    pace.see(Change(0, 1000, 999_999))
    assert pace.done == 1000


def test_no_terminal_gets_at_most_a_line_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(progress.time, "monotonic", clock)
    with bars(True), changing() as listen:
        ticker = Ticker(listen, 100)
        for _ in range(10):
            clock.now += 25
            ticker.passages(10)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [f"{n} of 100 passages" for n in (30, 60, 90)]


def test_a_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with bars(True), changing() as listen:
        Ticker(listen, 100).passages(40)
    assert "40 of 100 passages" in capsys.readouterr().err


def test_no_bar_unless_somebody_at_the_top_wants_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress.tracked([1, 2], "work")) == [1, 2]
    assert capsys.readouterr().err == ""
    with bars(True):
        assert list(progress.tracked([1, 2], "work")) == [1, 2]
        with bars(False), progress.bar("quiet", 2) as advance:
            advance(2)
    shown = capsys.readouterr().err
    assert "work" in shown
    assert "quiet" not in shown
