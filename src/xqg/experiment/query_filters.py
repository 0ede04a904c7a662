"""Filters of generated queries: language identification, round trip, best fraction.

They decide as the filters of an index do (`xqg.queries.filters`), over the whole pool at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.experiment.filtered_queries import query_texts
from xqg.experiment.parts import Parts, Texts
from xqg.passages.detect import can_tell
from xqg.queries.filters.best import above, similar, similarities, threshold
from xqg.queries.filters.language import taken_for, told
from xqg.queries.filters.round_trip import not_in_top
from xqg.queries.plain_pool import PlainPool, own_in_top

__all__ = ["FRACTIONS", "Removal", "best_fraction", "in_language", "round_trip"]

Mask = npt.NDArray[np.bool_]
FRACTIONS = (0.7, 0.5, 0.3)


@dataclass(frozen=True)
class Removal:
    """What a filter keeps.

    Attributes:
        keep: language → True for queries to keep, in the order of `Parts.generated[language]`.
        why: language → what the filter saw of each query, in words, in the same order.
        note: of the whole filter: how it decides, and what it cannot judge.
    """

    name: str
    keep: Mapping[str, Mask]
    why: Mapping[str, Sequence[str]]
    note: str


def in_language(parts: Parts, texts: Texts, passage_ids: Sequence[str]) -> Removal:
    """Keep queries that lingua takes for the language asked for, among all languages of the comparison.

    A query whose language cannot be told is removed. Queries in a language that lingua does not know,
    or without another language to tell it from, cannot be judged: all are kept.

    Args:
        texts: language → passage id → generated queries, as the parts were made from.
    """
    plan = parts.plan
    candidates = sorted({*plan.query_languages, *plan.passage_languages, *parts.generated})
    keep, why = {}, {}
    for code in parts.generated:
        mine = query_texts(parts, texts, passage_ids, code)
        found = told(mine, code, candidates)
        if found is None:
            keep[code], why[code] = np.ones(len(mine), bool), ["not judged"] * len(mine)
            continue
        keep[code] = np.array([language == code for language in found], bool)
        why[code] = [taken_for(language) for language in found]
    unknown = sorted(code for code in parts.generated if not can_tell(code, candidates))
    note = f"lingua, among {', '.join(candidates)}"
    if unknown:
        note += f"; it does not know {', '.join(unknown)}, whose queries are all kept"
    return Removal("language identification", keep, why, note)


def round_trip(parts: Parts, passage_ids: Sequence[str], fusion: Fusion, top: int) -> Removal:
    """Keep queries that find their own passage among the `top` best of the plain passage vectors.

    The encoder that is evaluated judges the queries, exactly as `none` would rank them.

    Args:
        top: 1 or more; the whole pool keeps every query.
    """
    pool = PlainPool(parts.passages, passage_ids, fusion == "normalised")
    keep, why = {}, {}
    for code, queries in parts.generated.items():
        vectors = queries.vectors[queries.index]
        keep[code] = own_in_top(vectors, queries.rows, parts.passages, passage_ids, pool, top)
        why[code] = ["found" if hit else not_in_top(top) for hit in keep[code]]
    return Removal(
        f"round trip, top {top}", keep, why, f"own passage in the top {top} of arm none, {fusion} fusion"
    )


def best_fraction(parts: Parts, fraction: float) -> Removal:
    """Keep the best part of each language's queries by similarity to their passage.

    The score is E(q)·E(p) of the encoder that is evaluated. Equal scores: the earlier query is kept.

    Args:
        fraction: of a language's queries, rounded to whole queries.
    """
    keep, why = {}, {}
    for code, queries in parts.generated.items():
        scores = similarities(queries.vectors[queries.index], parts.passages, queries.rows)
        limit = threshold(scores, fraction)
        keep[code] = above(scores, limit, limit.ties)
        why[code] = [similar(score) for score in scores.tolist()]
    share = f"{100 * fraction:g} %"
    return Removal(f"best {share}", keep, why, f"best {share} of each language by E(q)·E(p)")
