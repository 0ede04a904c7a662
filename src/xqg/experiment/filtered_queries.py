"""Filtered queries: some of each passage's taken out, the rest as strong as all were, or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation.vectors import QueryVectors, rescaled
from xqg.errors import XqgError
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["Rescaled", "filtered_parts", "query_texts"]

Mask = npt.NDArray[np.bool_]


def filtered_parts(parts: Parts, keep: Mapping[str, Mask]) -> Parts:
    """The parts without the generated queries that a filter removed.

    "The first n" stay those of the whole set: a removed query is not replaced by a later one. Arms
    over these parts give unscaled sums; wrapped in `Rescaled`, sums with K kept equal.

    Args:
        keep: language → True for queries to keep, shape (queries,), in the order of
            `parts.generated[language]` (its `rows` and `places` say which); other languages stay whole.

    Raises:
        XqgError: a mask for a language without queries, or of another length.
    """
    for language, mask in keep.items():
        if language not in parts.generated:
            raise XqgError(f"no generated queries in {language!r} to filter; leave it out of the masks")
        if len(mask) != len(parts.generated[language]):
            raise XqgError(
                f"the mask for {language!r} has {len(mask)} entries for {len(parts.generated[language])} "
                "queries; give one per query"
            )
    generated = {
        language: queries.where(np.asarray(keep[language], dtype=bool)) if language in keep else queries
        for language, queries in parts.generated.items()
    }
    return dataclasses.replace(parts, generated=generated)


def query_texts(parts: Parts, texts: Texts, passage_ids: Sequence[str], language: str) -> list[str]:
    """The text of each query of `parts.generated[language]`, in its order: what a mask is made from.

    Args:
        texts: language → passage id → generated queries, as the parts were made from.
        passage_ids: of the pool, in its order.
    """
    queries = parts.generated[language]
    return [
        texts[language][passage_ids[row]][place]
        for row, place in zip(queries.rows.tolist(), queries.places.tolist(), strict=True)
    ]


class Rescaled(AugmentedVectors):
    """Another arm with each passage's sum times K/K_p; a passage that keeps none stays alone."""

    def __init__(self, arm: AugmentedVectors) -> None:
        """Wrap an arm; in tables it is called `ARM-rescaled`."""
        self.arm = arm
        self.name = f"{arm.name}-rescaled"

    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]:
        """What the arm needs."""
        return self.arm.needs(plan, passage_language)

    def count(self, plan: Plan) -> int:
        """K of the arm."""
        return self.arm.count(plan)

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The arm's groups with weights."""
        key = ("rescaled", self.arm.name, question_language)
        count = self.count(parts.plan)
        return parts.once(key, lambda: rescaled(self.arm.queries(parts, question_language), count))
