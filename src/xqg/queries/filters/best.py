"""The best part of each language's queries, by similarity to their passage.

After Doc2Query-- (Gospodinov, MacAvaney, Macdonald 2023), which keeps the best of the whole
collection by a relevance model's score. Here the score is E(q)·E(p) of the encoder that makes the
index, and each language has a threshold of its own: scores of an encoder are not comparable between
languages, and one threshold would take whole languages out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from xqg.queries.filter import Block, Judgement, ScoreFilter, Threshold

__all__ = ["BestFraction", "above", "similar", "similarities", "threshold"]

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

class BestFraction(ScoreFilter):
    """Keep the best fraction of each language's queries over the whole collection.

    Two passes: `scores` of every block, together `thresholds`; then `judge` block by block, in the
    same order, since of equal scores at the threshold the earlier query is kept.
    """

    example: ClassVar[str] = "best:0.7"

    def __init__(self, fraction: float) -> None:
        """Of a language's queries, above 0 and at most 1, rounded to whole queries."""
        self.fraction = fraction
        self._thresholds: Mapping[str, Threshold] | None = None
        self._exact = True
        self.ties_kept: dict[str, int] = {}

    @classmethod
    def parse(cls, setting: str | None) -> BestFraction | None:
        """`best:0.7`."""
        if setting is None or not re.fullmatch(r"[0-9]*\.?[0-9]+(e-[0-9]+)?", setting):
            return None
        fraction = float(setting)
        return cls(fraction) if 0 < fraction <= 1 else None

    @property
    def name(self) -> str:
        """`best:0.7`."""
        return f"best:{self.fraction!r}"

    def scores(self, block: Block) -> dict[str, Floats]:
        """Language → E(q)·E(p) of each query of a block: the first pass."""
        return {
            code: similarities(block.queries[code], block.passages, owners)
            for code, owners in block.owners.items()
        }

    def thresholds(self, scores: Mapping[str, Floats]) -> dict[str, Threshold]:
        """Language → threshold, from all scores of a language, shape (queries,)."""
        return {code: threshold(mine, self.fraction) for code, mine in scores.items()}

    def with_thresholds(
        self, thresholds: Mapping[str, Threshold], ties_kept: Mapping[str, int] | None = None
    ) -> BestFraction:
        """This filter for the queries that the thresholds are from.

        `ties_kept` counts, per language, queries with exactly the threshold's score that were kept in
        the blocks judged so far. Keep it with them to go on after an interruption.
        """
        made = BestFraction(self.fraction)
        made._thresholds, made.ties_kept = thresholds, dict(ties_kept or {})
        return made

    def for_additions(self, thresholds: Mapping[str, Threshold]) -> BestFraction:
        """This filter for later queries: a score at the threshold or above stays."""
        made = self.with_thresholds(thresholds)
        made._exact = False
        return made

    def judge(self, block: Block) -> Judgement:
        """None, or the score."""
        found: Judgement = {}
        for code, scores in self.scores(block).items():
            if self._thresholds is None or code not in self._thresholds:
                raise ValueError(f"{self.name}: give the threshold of {code} first, with `with_thresholds`")
            mine = self._thresholds[code]
            if self._exact:
                taken = self.ties_kept.get(code, 0)
                keep = above(scores, mine, mine.ties - taken)
                self.ties_kept[code] = taken + int((scores[keep] == mine.score).sum())
            else:
                keep = above(scores, mine, len(scores))
            pairs = zip(keep.tolist(), scores.tolist(), strict=True)
            found[code] = [None if stays else similar(score) for stays, score in pairs]
        return found


def similarities(queries: Floats, passages: Floats, owners: npt.NDArray[np.integer]) -> Floats:
    """E(q)·E(p) of each query and its own passage, shape (queries,); bits independent of the others.

    Args:
        queries: float32, shape (queries, dimension).
        passages: as the encoder emits them, float32, shape (rows, dimension).
        owners: row in `passages` of each query's own.
    """
    return np.einsum("qd,qd->q", queries, passages[owners])


def threshold(scores: Floats, fraction: float) -> Threshold:
    """The threshold that keeps exactly `round(fraction * queries)` of the scores, shape (queries,)."""
    if not len(scores):
        return Threshold(None, 0)
    kept = round(fraction * len(scores))
    place = len(scores) - max(kept, 1)
    score = np.partition(scores, place)[place]
    return Threshold(float(score), kept - int((scores > score).sum()) if kept else 0)


def above(scores: Floats, limit: Threshold, ties: int) -> Mask:
    """True above a threshold, and for the first `ties` scores that are equal to it; shape (queries,)."""
    if limit.score is None:
        return np.ones(len(scores), bool)
    equal = scores == limit.score
    return (scores > limit.score) | (equal & (np.cumsum(equal) <= ties))


def similar(score: float) -> str:
    """What the filter saw of a query, in words."""
    return f"E(q)·E(p) = {score:.3f}"
