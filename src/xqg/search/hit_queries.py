"""Which generated queries moved a passage to where it was found: those that count, by their similarity.

An index holds the sum of a passage's query vectors, not each of them: they are encoded again here, so
that this is for the few passages at the top of a ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xqg.index import StoredIndex
from xqg.index.columns import queries_column
from xqg.index.store import take_rows
from xqg.search.hit import Hit, HitQuery
from xqg.search.ranking import Floats

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["with_queries"]


def with_queries(
    index: StoredIndex,
    encoder: Encoder,
    hits: Sequence[Sequence[Hit]],
    vectors: Floats,
    languages: Sequence[Sequence[str]],
) -> list[list[Hit]]:
    """The hits of each question with their passages' generated queries; blank ones, which count nothing, left out.

    Args:
        encoder: encodes the queries, each text once.
        vectors: of the questions, float32 of shape (questions, dimension).
        languages: of the queries that counted, for each question.

    Raises:
        XqgError: the index cannot be read.
    """
    spoken = sorted({code for codes in languages for code in codes})
    rows = sorted({hit.row for found in hits for hit in found})
    names = [queries_column(code) for code in spoken]
    if not names or not rows:
        return [list(found) for found in hits]
    stored = dict(zip(rows, take_rows(index.dataset, rows, names, index.path), strict=True))

    def texts(row: int, codes: Sequence[str]) -> list[tuple[str, str]]:
        return [(code, text) for code in codes for text in stored[row][queries_column(code)] if text.strip()]

    wanted = dict.fromkeys(
        text for found, codes in zip(hits, languages, strict=True) for hit in found for _, text in texts(hit.row, codes)
    )
    if not wanted:
        return [list(found) for found in hits]
    encoded = np.asarray(encoder.encode_queries(list(wanted)), dtype=np.float32)
    place = {text: number for number, text in enumerate(wanted)}

    def judged(hit: Hit, codes: Sequence[str], question: Floats) -> Hit:
        judged = [HitQuery(float(encoded[place[text]] @ question), code, text) for code, text in texts(hit.row, codes)]
        return replace(hit, queries=tuple(sorted(judged, reverse=True)))

    return [
        [judged(hit, codes, question) for hit in found]
        for found, codes, question in zip(hits, languages, vectors, strict=True)
    ]
