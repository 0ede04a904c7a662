"""Cleaning generated queries while an index takes them in: a report on their language, and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xqg.passages import Passage

if TYPE_CHECKING:
    from xqg.augmentation.filters import QueryFilter

__all__ = ["Clean", "Cleaning", "Texts"]

Floats = npt.NDArray[np.float32]
Texts = dict[str, list[list[str]]]  # language -> one list of query texts a passage


@dataclass
class Clean:
    """What is left of queries.

    Attributes:
        texts, removed: language → one list a passage; blank texts are never removed.
        vectors: language → float32 vectors of the texts left but blank ones, where they were needed.
        wrong_language: language → [judged, taken for another language], before anything was removed.
    """

    texts: Texts
    removed: Texts
    vectors: dict[str, Floats]
    wrong_language: dict[str, list[int]]


@dataclass(frozen=True)
class Cleaning:
    """How queries are cleaned.

    Attributes:
        filters: applied in this order, each to what the one before left.
        candidates: languages that a query may be in; none: no report is made.
    """

    filters: tuple[QueryFilter, ...] = ()
    candidates: tuple[str, ...] = field(default=())

    def apply(
        self,
        passages: Sequence[Passage],
        texts: Texts,
        p: Floats,
        encode: Callable[[Sequence[str]], Floats],
    ) -> Clean:
        """Clean the queries of some passages.

        Args:
            texts: language → one list of texts a passage.
            p: float32, shape (passages, dimension): the passages' vectors.
            encode: vectors of query texts.
        """
        clean = Clean(
            texts={code: [list(found) for found in rows] for code, rows in texts.items()},
            removed={code: [[] for _ in passages] for code in texts},
            vectors={},
            wrong_language=self._report(texts),
        )
        for one in self.filters:
            self._remove(one, passages, clean, p, encode)
        return clean

    def _report(self, texts: Mapping[str, list[list[str]]]) -> dict[str, list[int]]:
        from xqg.augmentation.filters import wrong_language

        if not self.candidates:
            return {}
        flat = {code: [text for _, _, text in _flat(rows)] for code, rows in texts.items()}
        judged = wrong_language({code: found for code, found in flat.items() if found}, self.candidates)
        return {code: [total, wrong] for code, (total, wrong) in judged.items()}

    def _remove(
        self,
        one: QueryFilter,
        passages: Sequence[Passage],
        clean: Clean,
        p: Floats,
        encode: Callable[[Sequence[str]], Floats],
    ) -> None:
        from xqg.augmentation.filters import Block

        places = {code: _flat(rows) for code, rows in clean.texts.items()}
        if one.needs != "texts":
            for code, found in places.items():
                if code not in clean.vectors:
                    clean.vectors[code] = encode([text for _, _, text in found])
        block = Block(
            passage_ids=[passage.id for passage in passages],
            languages=self.candidates,
            texts={code: [text for _, _, text in found] for code, found in places.items()},
            owners={code: np.array([row for row, _, _ in found], np.intp) for code, found in places.items()},
            passages=p,
            queries=clean.vectors,
        )
        for code, reasons in one.judge(block).items():
            keep = np.array([reason is None for reason in reasons], dtype=bool)
            gone = [place for place, reason in zip(places[code], reasons, strict=True) if reason is not None]
            for row, number, text in reversed(gone):  # from the end, so that numbers stay right
                del clean.texts[code][row][number]
                clean.removed[code][row].insert(0, text)
            if code in clean.vectors:
                clean.vectors[code] = clean.vectors[code][keep]


def _flat(rows: Sequence[Sequence[str]]) -> list[tuple[int, int, str]]:
    """(row, number in the row, text) of texts that are not blank."""
    return [
        (row, number, text)
        for row, texts in enumerate(rows)
        for number, text in enumerate(texts)
        if text.strip()
    ]
