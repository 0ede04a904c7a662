"""Filters of generated queries: language identification, round trip, best fraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion, fuse
from xqg.comparison.aggregations.aggregation import Matrix
from xqg.comparison.filtered import query_texts
from xqg.comparison.parts import Parts, Texts
from xqg.comparison.ranking import rank_matrix
from xqg.search.detect import OTHER_CODES, detect_languages
from xqg.search.ranking import tie_order

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
    known = _known_to_lingua(candidates)
    keep, why = {}, {}
    for code in parts.generated:
        mine = query_texts(parts, texts, passage_ids, code)
        if code not in known or len(known) < 2:
            keep[code], why[code] = np.ones(len(mine), bool), ["not judged"] * len(mine)
            continue
        found = detect_languages(mine, candidates)
        keep[code] = np.array([language == code for language in found], bool)
        why[code] = [f"taken for {language}" if language else "language not told" for language in found]
    unknown = sorted(set(parts.generated) - known)
    note = f"lingua, among {', '.join(candidates)}"
    if unknown:
        note += f"; it does not know {', '.join(unknown)}, whose queries are all kept"
    return Removal("language identification", keep, why, note)


def _known_to_lingua(codes: Sequence[str]) -> set[str]:
    """Codes of languages that `detect_languages` can tell."""
    from lingua import Language

    names = {language.iso_code_639_1.name for language in Language.all()}
    bases = {code: code.replace("-", "_").split("_")[0].lower() for code in codes}
    return {code for code, base in bases.items() if OTHER_CODES.get(base, base).upper() in names}


def round_trip(parts: Parts, passage_ids: Sequence[str], fusion: Fusion, top: int) -> Removal:
    """Keep queries that find their own passage among the `top` best of the plain passage vectors.

    After Alberti et al. (ACL 2019), with retrieval in place of their reader: the encoder that is
    evaluated judges the queries, exactly as `none` would rank them.

    Args:
        top: 1 or more; the whole pool keeps every query.
    """
    matrix, ties = Matrix(fuse(parts.passages, [], 0.0, fusion)), tie_order(passage_ids)
    keep, why = {}, {}
    for code, queries in parts.generated.items():
        _, found = rank_matrix(matrix, queries.vectors[queries.index], top, ties)
        keep[code] = (found == queries.rows[:, None]).any(axis=1)
        why[code] = ["found" if hit else f"own passage not in the top {top}" for hit in keep[code]]
    return Removal(
        f"round trip, top {top}", keep, why, f"own passage in the top {top} of arm none, {fusion} fusion"
    )


def best_fraction(parts: Parts, fraction: float) -> Removal:
    """Keep the best part of each language's queries by similarity to their passage.

    After Doc2Query-- (Gospodinov, MacAvaney, Macdonald 2023), which keeps the best of the whole
    collection by a relevance model's score. Here the score is E(q)·E(p) of the encoder that is
    evaluated, and each language has a threshold of its own: scores of an encoder are not comparable
    between languages, and one threshold would take whole languages out. Equal scores: the earlier
    query is kept.

    Args:
        fraction: of a language's queries, rounded to whole queries.
    """
    keep, why = {}, {}
    for code, queries in parts.generated.items():
        scores = np.einsum("qd,qd->q", queries.vectors[queries.index], parts.passages[queries.rows])
        best = np.argsort(-scores, kind="stable")[: round(fraction * len(scores))]
        keep[code] = np.zeros(len(scores), bool)
        keep[code][best] = True
        why[code] = [f"E(q)·E(p) = {score:.3f}" for score in scores]
    share = f"{100 * fraction:g} %"
    return Removal(f"best {share}", keep, why, f"best {share} of each language by E(q)·E(p)")
