"""The vectors that systems are made of: passages, generated queries, and a system's own texts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from xqg.augmentation.vectors import QueryGroups, QueryVectors
from xqg.experiment.plan import Plan

if TYPE_CHECKING:
    from xqg.encoding import Encoder, VectorCache
    from xqg.passages.records import Passage, Question

__all__ = ["Parts", "Questions", "Texts", "encode_parts", "encode_questions"]

Floats = npt.NDArray[np.float32]
Texts = Mapping[str, Mapping[str, Sequence[str]]]  # language (or another key) → passage id → texts
Questions = Mapping[str, tuple[Sequence["Question"], Floats]]  # language → questions and their vectors
_Made = TypeVar("_Made")

_ARMS = 8  # whose totals are kept: as many as a comparison has that weigh queries


@dataclass(frozen=True)
class Parts:
    """Every vector of a comparison but the questions'.

    Generated queries' vectors, 4·dimension bytes each, lie in the files of the vector cache (K = 20 queries
    over 100,000 passages of dimension 768 are 6 GB); in memory are the passages' and, for each arm, the sum
    of its queries' per passage.

    Attributes:
        passages: float32, shape (passages, dimension), rows in the pool's order.
        passage_language: of each row.
        generated: language → generated queries, all that the systems need.
        own: system → key → vectors of the texts of its own (`System.texts`).
        seed: the user's, for systems that draw passages at random.
    """

    plan: Plan
    passages: Floats
    passage_language: Sequence[str]
    generated: Mapping[str, QueryVectors]
    own: Mapping[str, Mapping[str, QueryVectors]] = field(default_factory=dict)
    seed: int = 0
    _made: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    _totals: dict[str, QueryGroups] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` gives, made once per key."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]  # type: ignore[return-value]

    def together(self, arm: str, groups: Sequence[QueryVectors]) -> QueryGroups:
        """An arm's groups with what they add up to, which is kept until the arm has other groups.

        So an arm with the same queries for every question language is added up once, and one with others
        for each holds one language's at a time.
        """
        known = self._totals.pop(arm, None)
        found = known if known is not None and known.are(groups) else QueryGroups(groups)
        self._totals[arm] = found  # now the latest
        if len(self._totals) > _ARMS:
            del self._totals[next(iter(self._totals))]
        return found

    def first(self, language: str, count: int) -> QueryVectors:
        """Each passage's first `count` generated queries in a language."""
        return self.once(("first", language, count), lambda: self.generated[language].first(count))

    def own_language(self, count: int) -> list[QueryVectors]:
        """Each passage's first `count` queries in its own language, one group per passage language."""

        def of(code: str) -> QueryVectors:
            mine = np.array([language == code for language in self.passage_language], dtype=bool)
            return self.first(code, count).of_passages(mine)

        codes = self.plan.passage_languages
        return self.once(("own", count), lambda: [of(code) for code in codes])

    def targeted(self, count: int) -> list[QueryVectors]:
        """Each passage's first `count` queries in each of its target languages, languages sorted."""

        def of(code: str) -> QueryVectors:
            mine = [code in self.plan.targets_of(language) for language in self.passage_language]
            return self.first(code, count).of_passages(np.array(mine, dtype=bool))

        codes = sorted({code for own in self.plan.passage_languages for code in self.plan.targets_of(own)})
        return self.once(("targeted", count), lambda: [of(code) for code in codes])


def encode_parts(
    passages: Sequence[Passage],
    queries: Texts,
    plan: Plan,
    encoder: Encoder,
    cache: VectorCache,
    *,
    own: Mapping[str, Texts] | None = None,
    seed: int = 0,
) -> Parts:
    """Encode passages, generated queries and systems' own texts, each text as a query.

    Args:
        queries: language → passage id → texts, as many as the systems need. Blank texts add nothing.
        own: system → key → passage id → texts.
        seed: the user's.
    """

    def encoded(of_passage: Mapping[str, Sequence[str]]) -> QueryVectors:
        mine = [of_passage.get(passage.id, ()) for passage in passages]
        texts = [text for some in mine for text in some]
        vectors = cache.encode(encoder, "queries", texts)
        real = np.array([bool(text.strip()) for text in texts], dtype=bool)
        return QueryVectors.of(vectors, [len(some) for some in mine], real)

    return Parts(
        plan,
        cache.encode(encoder, "passages", [p.full_text for p in passages]),
        [p.language for p in passages],
        {language: encoded(queries[language]) for language in sorted(queries)},
        {arm: {key: encoded(texts[key]) for key in sorted(texts)} for arm, texts in (own or {}).items()},
        seed,
    )


def encode_questions(
    questions: Sequence[Question], plan: Plan, encoder: Encoder, cache: VectorCache
) -> dict[str, tuple[list[Question], Floats]]:
    """Question language → the questions in it and their vectors, float32, shape (questions, dimension)."""
    encoded = {}
    for language in plan.query_languages:
        own = [question for question in questions if question.language == language]
        encoded[language] = own, cache.encode(encoder, "queries", [question.text for question in own])
    return encoded
