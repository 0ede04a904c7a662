"""Which pieces of two languages mean the same: IBM model 1 over parallel sentences.

Brown, Della Pietra, Della Pietra, Mercer: *The Mathematics of Statistical Machine Translation*,
Computational Linguistics 19(2), 1993. Tran: *From English to Foreign Languages*, arXiv 2002.07306 (2020),
starts the embeddings of a new language in this way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

__all__ = ["translation_probabilities"]


def translation_probabilities(
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    source_size: int,
    target_size: int,
    rounds: int = 5,
) -> csr_matrix:
    """t(target | source), float64 of shape (source_size, target_size); the rows of pieces seen sum to 1.

    Args:
        sources: the pieces' numbers of each sentence, below `source_size`.
        targets: those of its translation, below `target_size`.
        rounds: of expectation and maximisation, from even probabilities.
    """
    pair, place = _together(sources, targets, target_size)
    if not len(pair):
        return csr_matrix((source_size, target_size))
    names, of = np.unique(pair, return_inverse=True)
    source = names // target_size
    even = np.bincount(source, minlength=source_size)
    t = 1.0 / even[source]
    for _ in range(rounds):
        # Each place of a target sentence shares one count among the source's pieces.
        mine = t[of]
        mine /= np.bincount(place, weights=mine)[place]
        counts = np.bincount(of, weights=mine, minlength=len(names))
        t = counts / np.bincount(source, weights=counts, minlength=source_size)[source]
    return csr_matrix((t, (source, names % target_size)), shape=(source_size, target_size))


def _together(
    sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], target_size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each piece beside each piece of its translation: source · target_size + target, and the place
    of the target piece, counted over all sentences."""
    pairs, places, seen = [], [], 0
    for one, other in zip(sources, targets, strict=True):
        source, target = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
        pairs.append((source[None, :] * target_size + target[:, None]).ravel())
        places.append(np.repeat(np.arange(seen, seen + len(target)), len(source)))
        seen += len(target)
    if not pairs:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(pairs), np.concatenate(places)
