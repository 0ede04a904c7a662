"""What steps of a change add up to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from xqg.index.manifest import Counts

__all__ = ["Tally", "add_counts", "chained"]


@dataclass
class Tally:
    """Numbers of one step: see `Counts`. `bad` are passages left out; `content` is a SHA-256 of the rows."""

    passages: int = 0
    queries: dict[str, int] = field(default_factory=dict)
    blank: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    wrong_language: dict[str, list[int]] = field(default_factory=dict)
    bad: list[dict[str, str]] = field(default_factory=list)
    content: str = ""

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write and `Tally(**row)` takes."""
        return asdict(self)


def add_counts(before: Counts, tallies: Iterable[Tally]) -> Counts:
    """An index's counts with those of further steps added; negative ones take away."""
    passages, blank, skipped = before.passages, before.blank, before.skipped
    queries, removed = dict(before.queries), dict(before.removed)
    wrong = {code: list(pair) for code, pair in before.wrong_language.items()}
    for tally in tallies:
        passages, blank, skipped = passages + tally.passages, blank + tally.blank, skipped + len(tally.bad)
        _add(queries, tally.queries)
        _add(removed, tally.removed)
        for code, pair in tally.wrong_language.items():
            old = wrong.get(code, [0, 0])
            wrong[code] = [old[0] + pair[0], old[1] + pair[1]]
    judged = {code: (pair[0], pair[1]) for code, pair in wrong.items()}
    return Counts(passages, queries, blank, removed, judged, skipped)


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for code, number in more.items():
        total[code] = total.get(code, 0) + number


def chained(before: str, contents: Iterable[str]) -> str:
    """The content hash after further steps."""
    for content in contents:
        before = hashlib.sha256(f"{before}{content}".encode()).hexdigest()
    return before
