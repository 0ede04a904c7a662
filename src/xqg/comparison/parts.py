"""The vectors that every arm is made of: passages, and sums of generated queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xqg.comparison.plan import Plan

if TYPE_CHECKING:
    from xqg.encoding import Encoder, VectorCache
    from xqg.passages.records import Passage

__all__ = ["Parts", "encode_parts"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Parts:
    """All arrays are float32 of shape (passages, dimension), rows in the pool's order.

    Attributes:
        passages: as the encoder emits them.
        passage_language: of each row.
        first: language → sum of each passage's first n queries in it.
        own: sum of each passage's first K queries in its own language (zeros where no arm asks).
    """

    plan: Plan
    passages: Floats
    passage_language: Sequence[str]
    first: Mapping[str, Floats]
    own: Floats

    def is_target(self, language: str) -> bool:
        """Whether the language is a target of any passage."""
        return any(language in self.plan.targets_of(code) for code in self.plan.passage_languages)

    def targeted(self, language: str) -> Floats:
        """`first[language]`, with zeros for passages that the language is no target of."""
        if len(self.plan.passage_languages) == 1:
            return self.first[language]
        rows = [language in self.plan.targets_of(code) for code in self.passage_language]
        return self.first[language] * np.array(rows, dtype=np.float32)[:, None]


def encode_parts(
    passages: Sequence[Passage],
    queries: Mapping[str, Mapping[str, Sequence[str]]],
    plan: Plan,
    encoder: Encoder,
    cache: VectorCache,
    *,
    progress: bool = False,
) -> Parts:
    """Encode passages and generated queries, and sum the queries.

    Args:
        queries: language → passage id → texts, as many as the arms need. Blank texts add nothing.
    """
    vectors = cache.encode(encoder, "passages", [p.full_text for p in passages], progress=progress)
    own = np.zeros_like(vectors)
    first: dict[str, Floats] = {}
    for language in sorted(queries):
        of_passage = queries[language]
        texts = [text for p in passages for text in of_passage.get(p.id, ())]
        encoded = cache.encode(encoder, "queries", texts, progress=progress)
        first[language] = np.zeros_like(vectors)
        position = 0
        for row, passage in enumerate(passages):
            mine = of_passage.get(passage.id, ())
            block = encoded[position : position + len(mine)]
            position += len(mine)
            real = np.array([bool(text.strip()) for text in mine], dtype=bool)
            first[language][row] = block[: plan.n][real[: plan.n]].sum(axis=0)
            if passage.language == language:
                own[row] = block[: plan.queries][real[: plan.queries]].sum(axis=0)
    return Parts(plan, vectors, [p.language for p in passages], first, own)
