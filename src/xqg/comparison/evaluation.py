"""From parts to numbers: rank, measure, for one setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xqg.augmentation import fuse
from xqg.benchmarks.benchmark import Benchmark
from xqg.comparison.arms import Arm
from xqg.comparison.parts import Parts
from xqg.comparison.settings import Setting
from xqg.comparison.tuning import Tuned
from xqg.evaluation import Measure, Run, evaluate
from xqg.passages.records import Question
from xqg.search.engines import FlatEngine
from xqg.search.ranking import rank, tie_order

__all__ = ["Asked", "Outcome", "run_setting"]

Floats = npt.NDArray[np.float32]
Asked = Mapping[str, tuple[Sequence[Question], Floats]]  # language → questions and their vectors


@dataclass
class Outcome:
    """What one setting gave.

    Attributes:
        runs: (arm, language) → run.
        values: (arm, language) → measure → question id → value.
        tuned: arm → its α, where tuned.
    """

    setting: Setting
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    values: dict[tuple[str, str], dict[str, dict[str, float]]] = field(default_factory=dict)
    tuned: dict[str, Tuned] = field(default_factory=dict)

    def of_mean(self, arm: str, measure: str, languages: Sequence[str]) -> dict[str, float]:
        """Question id → its value averaged over languages; ids measured in all of them."""
        columns = [self.values[arm, language][measure] for language in languages]
        shared = [id_ for id_ in columns[0] if all(id_ in column for column in columns)]
        return {id_: sum(column[id_] for column in columns) / len(columns) for id_ in shared}


def run_setting(
    setting: Setting,
    arms: Sequence[Arm],
    parts: Parts,
    asked: Asked,
    benchmark: Benchmark,
    measures: Sequence[Measure],
    tuned: Mapping[str, Tuned],
    depth: int,
) -> Outcome:
    """Rank every question for every arm, and measure.

    Args:
        tuned: arm → α per question; read where the setting's α is None.
    """
    outcome = Outcome(setting, tuned=dict(tuned) if setting.alpha is None else {})
    ids = [passage.id for passage in benchmark.passages]
    ties = tie_order(ids)
    for arm in arms:
        for language, (questions, vectors) in asked.items():
            run: Run = {}
            for alpha, rows in _by_alpha(questions, setting, outcome.tuned.get(arm.name)).items():
                fused = fuse(parts.passages, arm.sums(parts, language), alpha, setting.fusion)
                scores, found = rank(FlatEngine.build(fused), vectors[rows], depth, ties)
                for row, row_scores, row_found in zip(rows, scores.tolist(), found.tolist(), strict=True):
                    run[questions[row].id] = [
                        (ids[p], score) for p, score in zip(row_found, row_scores, strict=True)
                    ]
            outcome.runs[arm.name, language] = run
            outcome.values[arm.name, language] = evaluate(run, benchmark, language, measures)
    return outcome


def _by_alpha(questions: Sequence[Question], setting: Setting, tuned: Tuned | None) -> dict[float, list[int]]:
    """α → rows of the questions that are ranked with it."""
    found: dict[float, list[int]] = {}
    for row, question in enumerate(questions):
        chosen = tuned.alpha(question.id) if tuned else 0.0
        alpha = chosen if setting.alpha is None else setting.alpha
        found.setdefault(alpha, []).append(row)
    return found
