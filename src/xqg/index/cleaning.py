"""Cleaning generated queries while an index takes them in: a verdict on each one's language, and filters.

What a filter takes out is not in the sums, and these are stored as they are: with fewer queries a
passage's sum is shorter, it is not rescaled by K/K_p as the comparison of filters does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xqg.passages import Passage
from xqg.queries.filter import Block, Judgement, QueryFilter, ScoreFilter
from xqg.queries.wrong_language import verdicts_on

__all__ = ["Clean", "Cleaning", "Texts"]

Floats = npt.NDArray[np.float32]
Texts = dict[str, list[list[str]]]  # language -> one list of query texts a passage
Verdicts = dict[str, list[list[bool | None]]]  # language → one list of verdicts a passage
Encode = Callable[[Sequence[str]], Floats]


@dataclass
class Clean:
    """What is left of queries.

    Attributes:
        texts, removed: language → one list a passage; blank texts are never removed. Removed ones
            are in the order of the filters.
        vectors: language → float32 vectors of the texts left but blank ones, where they were needed.
        verdicts: language → for each passage one verdict a text, as in `columns.verdicts_column`; those of
            removed texts follow those of the texts left.
        ties: language → queries at the threshold of a `ScoreFilter` that were kept so far.
        bad: rows with a query whose vector is not finite, with the reason; where there are any, the
            cleaning was not finished.
    """

    texts: Texts
    removed: Texts
    verdicts: Verdicts
    ties: dict[str, int]
    vectors: dict[str, Floats] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cleaning:
    """How queries are cleaned.

    Attributes:
        filters: applied in this order, each to what the one before left.
        candidates: languages that a query may be in.
        report: judge the language of each query.
    """

    filters: tuple[QueryFilter, ...] = ()
    candidates: tuple[str, ...] = field(default=())
    report: bool = True

    @property
    def scoring(self) -> ScoreFilter | None:
        """The filter that needs a score of every query first."""
        return next((one for one in self.filters if isinstance(one, ScoreFilter)), None)

    def apply(
        self,
        passages: Sequence[Passage],
        texts: Texts,
        p: Floats,
        encode: Encode,
        ties: Mapping[str, int] | None = None,
    ) -> Clean:
        """Clean the queries of some passages.

        Args:
            texts: language → one list of texts a passage.
            p: float32, shape (passages, dimension): the passages' vectors, all finite.
            encode: vectors of query texts.
            ties: `Clean.ties` of the passages before these.
        """
        clean = _untouched(passages, texts, ties)
        verdicts = self._verdicts(texts)
        for one in self.filters:
            block = self._block(one, passages, clean, p, encode)
            if block is None:
                break
            if isinstance(one, ScoreFilter):  # a copy: the same passages may be cleaned again
                one = copy.copy(one)
                one.ties_kept = clean.ties
            _take_out(clean, one.judge(block))
        clean.verdicts = {code: _arranged(code, clean, verdicts[code]) for code in texts}
        return clean

    def scores(
        self, passages: Sequence[Passage], texts: Texts, p: Floats, encode: Encode
    ) -> tuple[dict[str, Floats], dict[int, str]]:
        """What the `ScoreFilter` makes of the queries that the filters before it leave; arguments as of `apply`.

        Returns:
            Language → scores, shape (queries,); and `Clean.bad`, with which there are no scores.
        """
        clean = _untouched(passages, texts, None)
        for one in self.filters:
            block = self._block(one, passages, clean, p, encode)
            if block is None:
                return {}, clean.bad
            if isinstance(one, ScoreFilter):
                return one.scores(block), {}
            _take_out(clean, one.judge(block))
        raise ValueError("no filter that needs scores")

    def _verdicts(self, texts: Texts) -> dict[str, dict[str, bool]]:
        """Language → query → whether it is in that language, of the queries that can be judged."""
        if not (self.report and self.candidates):
            return {code: {} for code in texts}
        distinct = {code: list(dict.fromkeys(text for _, _, text in _flat(rows))) for code, rows in texts.items()}
        return {code: verdicts_on(found, code, self.candidates) or {} for code, found in distinct.items()}

    def _block(
        self, one: QueryFilter, passages: Sequence[Passage], clean: Clean, p: Floats, encode: Encode
    ) -> Block | None:
        """What the filter judges, encoded where it needs that; None where queries turn out to be bad."""
        places = {code: _flat(rows) for code, rows in clean.texts.items()}
        if one.needs != "texts":
            for code, found in places.items():
                if code not in clean.vectors:
                    clean.vectors[code] = encode([text for _, _, text in found])
                    for place in np.flatnonzero(~np.isfinite(clean.vectors[code]).all(axis=1)).tolist():
                        reason = f"a value of the vector of a {code} query is not a finite number"
                        clean.bad.setdefault(found[place][0], reason)
            if clean.bad:
                return None
        return Block(
            passage_ids=[passage.id for passage in passages],
            languages=self.candidates,
            texts={code: [text for _, _, text in found] for code, found in places.items()},
            owners={code: np.array([row for row, _, _ in found], np.intp) for code, found in places.items()},
            passages=p,
            queries=clean.vectors,
        )


def _untouched(passages: Sequence[Passage], texts: Texts, ties: Mapping[str, int] | None) -> Clean:
    return Clean(
        texts={code: [list(found) for found in rows] for code, rows in texts.items()},
        removed={code: [[] for _ in passages] for code in texts},
        verdicts={},
        ties=dict(ties or {}),
    )


def _arranged(code: str, clean: Clean, verdicts: Mapping[str, bool]) -> list[list[bool | None]]:
    """The verdicts of one language in the order of `columns.verdicts_column`."""
    rows = zip(clean.texts[code], clean.removed[code], strict=True)
    return [[verdicts.get(text) for text in [*left, *gone]] for left, gone in rows]


def _take_out(clean: Clean, judged: Judgement) -> None:
    """Move the queries that a filter gave a reason for to the removed ones."""
    for code, reasons in judged.items():
        places = _flat(clean.texts[code])
        gone = [place for place, reason in zip(places, reasons, strict=True) if reason is not None]
        for row, _, text in gone:
            clean.removed[code][row].append(text)
        for row, number, _ in reversed(gone):  # from the end, so that numbers stay right
            del clean.texts[code][row][number]
        if code in clean.vectors:
            clean.vectors[code] = clean.vectors[code][[reason is None for reason in reasons]]


def _flat(rows: Sequence[Sequence[str]]) -> list[tuple[int, int, str]]:
    """(row, number in the row, text) of texts that are not blank."""
    return [
        (row, number, text)
        for row, texts in enumerate(rows)
        for number, text in enumerate(texts)
        if text.strip()
    ]
