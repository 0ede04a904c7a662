"""`chunks`: K random spans of the passage itself, as long as its generated queries: a control.

It asks whether queries help because of what they say, or because any more text of the passage does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.plan import Plan
from xqg.experiment.seeds import seeded
from xqg.experiment.system import AugmentedVectors, TextSource
from xqg.passages.records import Passage

__all__ = ["Chunks", "spans"]

# Written without spaces between words (Unicode line breaking classes ID and SA): units are characters.
_UNSPACED = {"ja", "zh", "yue", "th", "lo", "km", "my", "bo", "dz"}


class Chunks(AugmentedVectors):
    """Spans of what the encoder sees of the passage, encoded as queries are.

    Lengths are drawn, with replacement, from the word counts of the passage's own K generated queries
    in its language (where all of those are blank: of all its generated queries), so the same queries
    are needed as for `mono`. A span begins and ends at a word's border; in languages written without
    spaces it is cut, and its length counted, by characters.
    """

    name = "chunks"
    order = 50

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """K in the passage's language, for their lengths."""
        return {passage_language: plan.queries}

    def count(self, plan: Plan) -> int:
        """K."""
        return plan.queries

    def texts(self, source: TextSource) -> Texts:
        """K spans of each passage; the same for the same seed, passage and queries."""
        count = source.plan.queries
        made = {}
        for passage in source.benchmark.passages:
            lengths = _lengths(passage, source.queries, count)
            random = seeded(self.name, source.seed, passage.id)
            drawn = [int(lengths[k]) for k in random.integers(len(lengths), size=count)] if lengths else []
            visible = source.visible[passage.id]
            units = _units(visible, passage.language)
            starts = [int(random.integers(max(len(units) - length, 0) + 1)) for length in drawn]
            made[passage.id] = spans(visible, units, starts, drawn)
        return {"spans": made}

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """All K spans."""
        return [parts.own[self.name]["spans"]]


def spans(
    text: str, units: Sequence[tuple[int, int]], starts: Sequence[int], lengths: Sequence[int]
) -> list[str]:
    """The pieces of `text` from unit `start` on, each `length` units long or as many as there are.

    Args:
        units: character offsets (start, end) of the words or characters of `text`.
    """
    if not units:
        return []
    return [
        text[units[start][0] : units[min(start + length, len(units)) - 1][1]]
        for start, length in zip(starts, lengths, strict=True)
    ]


def _units(text: str, language: str) -> list[tuple[int, int]]:
    pattern = r"\S" if _base(language) in _UNSPACED else r"\S+"
    return [found.span() for found in re.finditer(pattern, text)]


def _lengths(
    passage: Passage, queries: Mapping[str, Mapping[str, Sequence[str]]], count: int
) -> list[int]:
    """Units of each query that is not blank: in the passage's language, else in all."""

    def of(language: str) -> list[int]:
        texts = queries.get(language, {}).get(passage.id, ())[:count]
        return [len(_units(text, language)) for text in texts if text.strip()]

    return of(passage.language) or [length for language in sorted(queries) for length in of(language)]


def _base(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()
