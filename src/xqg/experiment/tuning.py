"""Tuned α: chosen on one part of the questions, used on another (spec §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.augmentation.aggregations import AGGREGATIONS, Aggregation
from xqg.benchmarks.benchmark import deal
from xqg.experiment.arms import Arm
from xqg.experiment.parts import Parts
from xqg.passages.records import Question

__all__ = ["FOLDS", "GRID", "Tuned", "folds_of", "reciprocal_ranks", "tune"]

Floats = npt.NDArray[np.float32]

GRID = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.9)
FOLDS = 5
CUTOFF = 10  # RR@10


@dataclass(frozen=True)
class Tuned:
    """α for each question. `by_fold` has one value per fold, or a single one for a dev set."""

    by_fold: tuple[float, ...]
    fold_of: Mapping[str, int]

    def alpha(self, question_id: str) -> float:
        """The α that was chosen without this question's cluster."""
        return self.by_fold[self.fold_of.get(question_id, 0)]

    @property
    def at_edge(self) -> bool:
        """Whether an α lies at an end of the grid, so that a better one may lie beyond."""
        return any(alpha in (GRID[0], GRID[-1]) for alpha in self.by_fold)


def folds_of(groups: Mapping[str, str]) -> dict[str, int]:
    """Question id → one of the folds that α is cross-fitted over."""
    return deal(groups, FOLDS)


def tune(
    arm: Arm,
    fusion: Fusion,
    parts: Parts,
    questions: Mapping[str, tuple[Sequence[Question], Floats]],
    qrels: Mapping[str, Mapping[str, int]],
    passage_ids: Sequence[str],
    fold_of: Mapping[str, int] | None,
    aggregation: Aggregation = AGGREGATIONS["sum"],
) -> Tuned:
    """Choose α by the mean RR@10 over languages of the mean over questions; ties take the smaller.

    Args:
        questions: language → (questions, their vectors), the languages to average over.
        fold_of: question id → fold for cross-fitting: the α of a fold is chosen on the others.
            None: `questions` are a dev set of their own and give one α.
        aggregation: one that α plays a part in.
    """
    folds = FOLDS if fold_of is not None else 1
    scores = np.zeros((len(GRID), folds))
    for position, alpha in enumerate(GRID):
        for language, (asked, vectors) in questions.items():
            matrix = aggregation.matrix(parts.passages, arm.queries(parts, language), alpha, fusion)
            ranks = reciprocal_ranks(matrix.vectors, vectors, [qrels[q.id] for q in asked], passage_ids)
            mine = np.array([fold_of[q.id] if fold_of else -1 for q in asked])
            for fold in range(folds):
                chosen_on = ranks[mine != fold]
                scores[position, fold] += chosen_on.mean() if len(chosen_on) else 0.0
    # argmax takes the first of equals: the smaller α.
    best = tuple(GRID[int(position)] for position in (scores / len(questions)).argmax(axis=0))
    return Tuned(best, dict(fold_of or {}))


def reciprocal_ranks(
    passages: Floats,
    questions: Floats,
    judgements: Sequence[Mapping[str, int]],
    passage_ids: Sequence[str],
    batch: int = 256,
) -> npt.NDArray[np.float64]:
    """RR@10 of exact rankings, shape (questions,); ties broken by passage id descending, as in runs.

    The rank of a passage is 1 + the passages of higher score + those of equal score and larger id.
    """
    rows = {id_: row for row, id_ in enumerate(passage_ids)}
    order = np.empty(len(passage_ids), dtype=np.int64)
    order[sorted(range(len(passage_ids)), key=passage_ids.__getitem__)] = np.arange(len(passage_ids))
    # One pair per question and relevant passage, questions in order.
    graded = [[rows[id_] for id_, grade in mine.items() if grade > 0] for mine in judgements]
    asked = np.repeat(np.arange(len(graded)), [len(mine) for mine in graded])
    relevant = np.array([row for mine in graded for row in mine], dtype=np.int64)
    found = np.zeros(len(questions))
    for start in range(0, len(questions), batch):
        scores = questions[start : start + batch] @ passages.T
        pairs = slice(*np.searchsorted(asked, [start, start + batch]))
        mine, row = asked[pairs], relevant[pairs]
        of_pair = scores[mine - start]
        score = of_pair[np.arange(len(row)), row][:, None]
        ahead = (of_pair > score) | ((of_pair == score) & (order > order[row][:, None]))
        ranks = 1 + ahead.sum(axis=1)
        np.maximum.at(found, mine, np.where(ranks <= CUTOFF, 1 / ranks, 0.0))
    return found
