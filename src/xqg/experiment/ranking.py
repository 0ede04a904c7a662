"""Exact rankings over what an aggregation gives: one vector per passage, or several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation.aggregation import Matrix
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.augmentation.vectors import QueryVectors
from xqg.experiment.setting import Setting
from xqg.search.engines.flat import FlatEngine
from xqg.search.ranking import ERROR, rank

__all__ = ["rank_matrix", "rank_vectors"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_BATCH = 256  # questions at once: bounds the memory of questions × vectors


def rank_vectors(
    passages: Floats,
    queries: Sequence[QueryVectors],
    questions: Floats,
    alphas: Sequence[float],
    setting: Setting,
    depth: int,
    ties: Ints,
) -> tuple[Floats, Ints]:
    """The best passages of each question over passage vectors and some queries, as a setting has them.

    **Here α acts**: questions of one α are ranked together over `aggregation.matrix(p, queries, α, fusion)`.

    Args:
        passages: float32, shape (passages, dimension).
        queries: groups, in the order in which they are added.
        questions: float32, shape (questions, dimension).
        alphas: one for each question.

    Returns:
        As `rank_matrix`.
    """
    aggregation = AGGREGATIONS[setting.aggregation]
    depth = min(depth, len(passages))
    scores = np.empty((len(questions), depth), dtype=np.float32)
    rows = np.empty((len(questions), depth), dtype=np.int64)
    for alpha in dict.fromkeys(alphas):
        places = [place for place, own in enumerate(alphas) if own == alpha]
        matrix = aggregation.matrix(passages, queries, alpha, setting.fusion)
        scores[places], rows[places] = rank_matrix(matrix, questions[places], depth, ties)
        del matrix  # before the next one is made
    return scores, rows


def rank_matrix(matrix: Matrix, questions: Floats, depth: int, ties: Ints) -> tuple[Floats, Ints]:
    """The best passages of each question by (score, id) descending.

    Args:
        questions: float32, shape (questions, dimension).
        depth: at least 1; the whole pool where it is larger.
        ties: `tie_order` of the passage ids.

    Returns:
        Scores (float32) and passage rows, each of shape (questions, min(depth, passages)).
    """
    if matrix.owners is None:
        return rank(FlatEngine.build(matrix.vectors), questions, depth, ties)
    depth = min(depth, len(ties))
    scores = np.empty((len(questions), depth), dtype=np.float32)
    rows = np.empty((len(questions), depth), dtype=np.int64)
    starts = np.searchsorted(matrix.owners, np.arange(len(ties)))
    longest = float(np.linalg.norm(matrix.vectors, axis=1).max())
    for start in range(0, len(questions), _BATCH):
        batch = questions[start : start + _BATCH]
        products = batch @ matrix.vectors.T
        best = np.maximum.reduceat(products, starts, axis=1)  # of each passage, but for the last bits
        last = np.partition(best, best.shape[1] - depth, axis=1)[:, best.shape[1] - depth]
        margin = 2 * ERROR * longest * np.linalg.norm(batch, axis=1)
        for offset, floor in enumerate(last - margin):
            found = _rank_exactly(matrix, batch[offset], products[offset] >= floor, ties)
            scores[start + offset], rows[start + offset] = (part[:depth] for part in found)
    return scores, rows


def _rank_exactly(
    matrix: Matrix, question: Floats, candidates: npt.NDArray[np.bool_], ties: Ints
) -> tuple[Floats, Ints]:
    """The owners of the candidate vectors, best first, with one dot product for each vector.

    A matrix product's last bits depend on its shape; so products of their own decide, as in
    `xqg.search.ranking`: equal vectors give equal scores.
    """
    rows = np.flatnonzero(candidates)
    exact = np.matmul(matrix.vectors[rows][:, None, :], question[:, None])[:, 0, 0]
    owners = matrix.owners[rows] if matrix.owners is not None else rows
    found, first = np.unique(owners, return_index=True)
    best = np.maximum.reduceat(exact, first)
    order = np.lexsort((ties[found], -best))
    return best[order], found[order]
