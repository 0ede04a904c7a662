"""How far a change of an index is, counted by whichever thread did a part of it."""

from __future__ import annotations

import threading

from xqg.progress import Change, Listener

__all__ = ["Ticker"]


class Ticker:
    """Counts for a listener, whichever thread tells it; without one, nothing happens."""

    def __init__(self, listener: Listener | None, total: int) -> None:
        self._listener = listener
        self._total = total
        self._passages = self._queries = self._kept = 0
        self._lock = threading.Lock()

    def skip(self, passages: int) -> None:
        """Passages that an earlier run did."""
        self._kept += passages
        self.passages(passages)

    def passages(self, number: int) -> None:
        """Passages just done."""
        with self._lock:
            self._passages += number
            self._tell()

    def queries(self, number: int) -> None:
        """Queries just made."""
        with self._lock:
            self._queries += number
            self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(Change(self._passages, self._total, self._queries, self._kept))
