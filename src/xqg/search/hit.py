"""What a search finds: passages in their order, each read from the index when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from xqg.index import StoredIndex
from xqg.passages import Passage

__all__ = ["Hit", "HitQuery", "hits_of"]


class HitQuery(NamedTuple):
    """A generated query of a passage that was found.

    `similarity` is the inner product of its vector with the question's: the cosine where the encoder's
    vectors have length 1.
    """

    similarity: float
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.

    Attributes:
        rank: from 1.
        score: as the search compares: the inner product with the passage's augmented vector; of a hybrid
            search that of its fusion.
        passage_id: of the passage.
        row: of the passage in the index.
        queries: the passage's generated queries that counted, the most similar to the question first; empty
            where they were not asked for, or there is none.
    """

    rank: int
    score: float
    passage_id: str
    row: int
    _found: _Found = field(repr=False, compare=False)
    queries: tuple[HitQuery, ...] = ()

    @property
    def passage(self) -> Passage:
        """The passage itself, read from the index, with those of the same question, when asked for."""
        return self._found.passages[self.row]


class _Found:
    """What one question found, read at once: ten readings take three times as long."""

    def __init__(self, index: StoredIndex, rows: list[int]) -> None:
        self.index = index
        self._rows = rows

    @cached_property
    def passages(self) -> dict[int, Passage]:
        """By their rows."""
        return dict(zip(self._rows, self.index.passages(self._rows), strict=True))


def hits_of(index: StoredIndex, ids: Sequence[str], scores: Sequence[float], rows: Sequence[int]) -> list[Hit]:
    """The hits of one question, from scores and rows, best first; a row of -1 is none.

    Args:
        ids: of all rows of the index.
    """
    best = [(score, row) for score, row in zip(scores, rows, strict=True) if row >= 0]
    found = _Found(index, [row for _, row in best])
    return [Hit(place, score, ids[row], row, found) for place, (score, row) in enumerate(best, start=1)]
