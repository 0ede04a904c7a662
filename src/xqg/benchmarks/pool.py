"""A pool of passages that is not held in memory: read from its file where it is asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from xqg.passages.records import Passage

__all__ = ["Pool"]


class Pool(Sequence[Passage]):
    """A sequence of passages that knows, without reading them all, what `Benchmark` asks of a pool."""

    @property
    @abstractmethod
    def languages(self) -> tuple[str, ...]:
        """The languages of the passages, sorted."""

    @property
    def known_length(self) -> int | None:
        """Number of passages, where it is known without reading them."""
        return None

    @property
    @abstractmethod
    def by_id(self) -> Mapping[str, Passage]:
        """Passage id → passage."""
