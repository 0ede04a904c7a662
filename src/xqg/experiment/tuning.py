"""Tuned α: chosen on one part of the questions, used on another.

Cross-fitting over five folds of clusters (articles), or on a benchmark's own dev questions: on the others
the α of `GRID` with the best mean RR@10 over the question languages that means are taken over; ties take
the smaller. The pool stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xqg.augmentation import Fusion
from xqg.augmentation.aggregation import Aggregation
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.benchmarks.benchmark import Benchmark, deal
from xqg.encoding import Encoder, VectorCache
from xqg.experiment.parts import Parts, Questions, encode_questions
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors

__all__ = ["FOLDS", "GRID", "Tuned", "TuningQuestions", "reciprocal_ranks", "tune"]

Floats = npt.NDArray[np.float32]

GRID = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.9)
FOLDS = 5
CUTOFF = 10  # RR@10
_PAIRS = 16  # of question and relevant passage, compared with the whole pool at once


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


@dataclass(frozen=True)
class TuningQuestions:
    """What α is chosen on.

    Attributes:
        questions: in the languages that means are taken over, with their vectors.
        fold_of: question id → fold: the α of a fold is chosen on the others. None: a dev set of its own,
            which gives one α.
    """

    questions: Questions
    qrels: Mapping[str, Mapping[str, int]]
    fold_of: Mapping[str, int] | None

    @classmethod
    def of(
        cls, benchmark: Benchmark, plan: Plan, questions: Questions, encoder: Encoder, cache: VectorCache
    ) -> TuningQuestions:
        """The benchmark's dev questions, or those that are asked, in five folds of their clusters."""
        if benchmark.tuning_questions:
            dev = encode_questions(benchmark.tuning_questions, plan, encoder, cache)
            return cls({code: dev[code] for code in plan.mean_languages}, benchmark.tuning_qrels, None)
        own = {code: questions[code] for code in plan.mean_languages}
        ids = dict.fromkeys(question.id for asked, _ in own.values() for question in asked)
        groups = {id_: benchmark.groups[id_] for id_ in ids}
        return cls(own, benchmark.qrels, deal(groups, FOLDS))

    @property
    def words(self) -> str:
        """How α is tuned, in words."""
        if self.fold_of is None:
            return "chosen on the benchmark's dev questions"
        return "cross-fitted over five folds of question clusters"


def tune(
    system: AugmentedVectors,
    fusion: Fusion,
    parts: Parts,
    tuning: TuningQuestions,
    passage_ids: Sequence[str],
    aggregation: Aggregation = AGGREGATIONS["sum"],
) -> Tuned:
    """Choose α by the mean RR@10 over languages of the mean over questions; ties take the smaller.

    Args:
        passage_ids: of the pool, in its order.
        aggregation: one that α plays a part in.
    """
    fold_of = tuning.fold_of
    folds = FOLDS if fold_of is not None else 1
    scores = np.zeros((len(GRID), folds))
    for language, (questions, vectors) in tuning.questions.items():
        groups = parts.together(system.name, system.queries(parts, language))
        judged = [tuning.qrels.get(question.id, {}) for question in questions]
        own = np.array([fold_of[question.id] if fold_of else -1 for question in questions])
        for position, alpha in enumerate(GRID):
            matrix = aggregation.matrix(parts.passages, groups, alpha, fusion)
            ranks = reciprocal_ranks(matrix.vectors, vectors, judged, passage_ids)
            del matrix  # before the next one is made
            for fold in range(folds):
                others = ranks[own != fold]
                scores[position, fold] += others.mean() if len(others) else 0.0
    # argmax takes the first of equals: the smaller α.
    best = tuple(GRID[int(position)] for position in (scores / len(tuning.questions)).argmax(axis=0))
    return Tuned(best, dict(fold_of or {}))


def reciprocal_ranks(
    passages: Floats,
    questions: Floats,
    judgements: Sequence[Mapping[str, int]],
    passage_ids: Sequence[str],
    batch: int = 256,
) -> npt.NDArray[np.float64]:
    """RR@10 of exact rankings, shape (questions,); ties broken by passage id descending, as in runs.

    The rank of a passage is 1 + the passages of higher score + those of equal score and larger id. One that
    is not in the pool is not found.
    """
    rows = {id_: row for row, id_ in enumerate(passage_ids)}
    order = np.empty(len(passage_ids), dtype=np.int64)
    order[sorted(range(len(passage_ids)), key=passage_ids.__getitem__)] = np.arange(len(passage_ids))
    # One pair per question and relevant passage, questions in order.
    graded = [[rows[id_] for id_, grade in mine.items() if grade > 0 and id_ in rows] for mine in judgements]
    asked = np.repeat(np.arange(len(graded)), [len(mine) for mine in graded])
    relevant = np.array([row for mine in graded for row in mine], dtype=np.int64)
    found = np.zeros(len(questions))
    for start in range(0, len(questions), batch):
        scores = questions[start : start + batch] @ passages.T
        first, last = np.searchsorted(asked, [start, start + batch])
        for some in range(first, last, _PAIRS):
            pairs = slice(some, min(some + _PAIRS, last))
            mine, row = asked[pairs], relevant[pairs]
            of_pair = scores[mine - start]
            score = of_pair[np.arange(len(row)), row][:, None]
            ahead = (of_pair > score) | ((of_pair == score) & (order > order[row][:, None]))
            ranks = 1 + ahead.sum(axis=1)
            np.maximum.at(found, mine, np.where(ranks <= CUTOFF, 1 / ranks, 0.0))
    return found
