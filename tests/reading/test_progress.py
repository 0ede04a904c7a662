"""The bar of a reader: only where somebody looks, and where there is something to wait for."""

from __future__ import annotations

import io
import sys

import pytest

from xqg.passages.records import Passage
from xqg.progress import bars, tracked
from xqg.reading import Reader
from xqg.reading import extractive as module


class Stream(io.StringIO):
    """Put in stderr's place by the test itself: pytest would take a fixture's back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal
        monkeypatch.setattr(sys, "stderr", self)
        monkeypatch.setenv("TERM", "xterm")  # on a dumb one nothing moves

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("parts", "terminal", "bar"),
    [("abc", True, True), ("a", True, False), ("", True, False), ("abc", False, False)],
)
def test_a_bar_for_several_parts_on_a_terminal(
    parts: str, terminal: bool, bar: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(monkeypatch, terminal)
    with bars(True):
        assert "".join(tracked(parts, "reading")) == parts
    assert ("reading" in stream.getvalue()) == bar
    assert bar or stream.getvalue() == ""


def test_a_reader_shows_one_where_it_is_asked_to(
    readers: dict[str, Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    pairs = [("who?", Passage(id_, "", "the Roman empire", "en")) for id_ in ("a", "b")]
    stream = Stream(monkeypatch, terminal=True)
    silent = readers["bert-known"].read(pairs)
    assert stream.getvalue() == ""
    with bars(True):
        assert readers["bert-known"].read(pairs) == silent
    assert "reading" in stream.getvalue()
