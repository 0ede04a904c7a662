"""Postings: which tokens stand how often in which texts. All that BM25 is computed from.

Postings of some texts are made once and added up: over texts that follow one another, and over the pieces
that a text is joined of. Adding is exact because no token reaches across white space (`search/ngrams.py`).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.search.ngrams import ngrams

__all__ = ["Part", "Postings", "added"]

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Postings:
    """Of each token, the texts that have it.

    Attributes:
        tokens: each once.
        starts: int64, shape (tokens + 1,): entries of token t are those from `starts[t]` to `starts[t + 1]`.
        rows: of the texts, ascending within a token; integers of shape (entries,).
        counts: how often the token stands in that text, at least once; integers of shape (entries,).
        texts: how many there are, those without a token included.
    """

    tokens: list[str]
    starts: Rows
    rows: npt.NDArray[np.integer]
    counts: npt.NDArray[np.integer]
    texts: int

    @classmethod
    def of(cls, texts: Iterable[str]) -> Postings:
        """Count the tokens of texts.

        Texts are cut at white space first and what is distinct among the pieces into tokens, since words
        come again and again: the counts are then a product of two sparse matrices.
        """
        pieces: dict[str, int] = defaultdict(count().__next__)
        tokens: dict[str, int] = defaultdict(count().__next__)
        by_text = _numbered((text.split() for text in texts), pieces)
        by_piece = _numbered(map(ngrams, pieces), tokens)
        product = (by_text @ by_piece).tocsc()
        return cls(
            list(tokens),
            product.indptr.astype(np.int64),
            product.indices.astype(_smallest(product.shape[0])),
            product.data.astype(_smallest(product.data.max(initial=0))),
            product.shape[0],
        )


@dataclass(frozen=True)
class Part:
    """Postings of some texts, and where in the whole each stands.

    Attributes:
        places: shape (texts of the postings,): a row of the whole, -1 for a text that is not in it.
    """

    postings: Postings
    places: Rows


def added(parts: Sequence[Part], texts: int) -> Postings:
    """The whole's postings: counts of one token in one row are added. Tokens of no text in it are left out.

    Args:
        texts: number of the whole's rows.
    """
    from scipy.sparse import csr_matrix

    every = dict.fromkeys(chain.from_iterable(part.postings.tokens for part in parts))
    number = dict(zip(every, range(len(every)), strict=True))
    tokens = [
        np.fromiter(map(number.__getitem__, part.postings.tokens), np.int64, len(part.postings.tokens))
        for part in parts
    ]
    entries = np.zeros(len(number), np.int64)
    most = np.zeros(texts, np.int64)  # of one token in each row, at most
    for part, numbers in zip(parts, tokens, strict=True):
        entries[numbers] += _chosen(part)[1]
        inside = part.places[part.places >= 0]
        most[inside] += int(part.postings.counts.max(initial=0))
    starts = np.concatenate([[0], np.cumsum(entries)])
    rows = np.empty(starts[-1], np.int32)
    counts = np.empty(starts[-1], _smallest(most.max(initial=0)))
    free = starts[:-1].copy()
    for part, numbers in zip(parts, tokens, strict=True):
        chosen, sizes = _chosen(part)
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else sizes
        to = np.arange(sizes.sum()) + np.repeat(free[numbers] - first, sizes)
        rows[to] = part.places[part.postings.rows[chosen]]
        counts[to] = part.postings.counts[chosen]
        free[numbers] += sizes
    whole = csr_matrix((counts, rows, starts), shape=(len(number), texts))
    whole.sum_duplicates()
    has = np.diff(whole.indptr) > 0
    return Postings(
        list(compress(number, has.tolist())),
        np.concatenate([[0], whole.indptr[1:][has]]).astype(np.int64),
        whole.indices,
        whole.data,
        texts,
    )


def _chosen(part: Part) -> tuple[npt.NDArray[np.bool_] | slice, Rows]:
    """Which entries are of rows in the whole, and how many of each token are."""
    if (part.places >= 0).all():
        return slice(None), np.diff(part.postings.starts)
    chosen = part.places[part.postings.rows] >= 0
    before = np.concatenate([[0], np.cumsum(chosen)])
    return chosen, np.diff(before[part.postings.starts])


def _numbered(texts: Iterable[Iterable[str]], numbers: dict[str, int]) -> Any:
    """A sparse matrix of how often each string stands in each text; `numbers` gives new strings the next one."""
    from scipy.sparse import csr_matrix

    found, ends = array("i"), array("q", [0])
    for text in texts:
        found.extend(map(numbers.__getitem__, text))
        ends.append(len(found))
    ones = np.ones(len(found), np.int32)  # strings that stand twice are two entries
    return csr_matrix((ones, np.asarray(found), np.asarray(ends)), shape=(len(ends) - 1, len(numbers)))


def _smallest(largest: int) -> npt.DTypeLike:
    """The smallest unsigned type that a number fits in."""
    return np.min_scalar_type(int(largest))
