"""From parts to numbers: rank, measure, for one setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Measure, Run, evaluate
from xqg.experiment.arms import Arm
from xqg.experiment.baselines import FUSION_DEPTH, Baseline, BaselineContext
from xqg.experiment.cost import Cost
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.ranking import rank_matrix
from xqg.experiment.settings import Setting
from xqg.experiment.tuning import Tuned
from xqg.passages.records import Question
from xqg.search.ranking import tie_order

__all__ = ["Asked", "Outcome", "Trial", "run_setting"]

Floats = npt.NDArray[np.float32]
Asked = Mapping[str, tuple[Sequence[Question], Floats]]  # language → questions and their vectors
Values = dict[str, dict[str, float]]  # measure → question id → value


@dataclass
class Outcome:
    """What one setting gave.

    Attributes:
        runs: (arm or baseline, language) → run.
        values: (arm or baseline, language) → measure → question id → value.
        tuned: arm → its α, where tuned.
    """

    setting: Setting
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    values: dict[tuple[str, str], Values] = field(default_factory=dict)
    tuned: dict[str, Tuned] = field(default_factory=dict)

    def of_mean(self, system: str, measure: str, languages: Sequence[str]) -> dict[str, float]:
        """Question id → its value averaged over languages; ids measured in all of them."""
        columns = [self.values[system, language][measure] for language in languages]
        shared = [id_ for id_ in columns[0] if all(id_ in column for column in columns)]
        return {id_: sum(column[id_] for column in columns) / len(columns) for id_ in shared}


@dataclass(frozen=True)
class Trial:
    """What is the same in every setting of a comparison.

    Attributes:
        asked: language → questions and their vectors.
        depth: passages per ranking.
        queries: the generated texts: language → passage id → texts.
        cost: counts seconds on the way.
    """

    benchmark: Benchmark
    arms: Sequence[Arm]
    parts: Parts
    asked: Asked
    measures: Sequence[Measure]
    depth: int
    baselines: Sequence[Baseline] = ()
    queries: Texts = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    # Runs and values of baselines that fuse no dense run, and so are the same in every setting.
    _fixed: dict[tuple[str, str], tuple[Run, Values]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def passage_ids(self) -> list[str]:
        """In the pool's order."""
        return [passage.id for passage in self.benchmark.passages]

    @cached_property
    def ties(self) -> npt.NDArray[np.int64]:
        """Precedence of the passages among equal scores."""
        return tie_order(self.passage_ids)

    @cached_property
    def context(self) -> BaselineContext:
        """What the baselines work on."""
        return BaselineContext(self.benchmark, self.parts.plan, self.queries, self.depth)

    def depth_of(self, arm: Arm) -> int:
        """Passages that the arm ranks: more where a baseline fuses its run, which ends nowhere then."""
        fused = any(baseline.dense == arm.name for baseline in self.baselines)
        return max(self.depth, FUSION_DEPTH) if fused else self.depth


def run_setting(setting: Setting, trial: Trial, tuned: Mapping[str, Tuned]) -> Outcome:
    """Rank every question for every arm and every baseline, and measure.

    Reader measures are left to whoever has a reader.

    Args:
        tuned: arm → α per question; read where the setting's α is tuned.

    Raises:
        XqgError: a baseline over an arm that did not run; whatever a measure refuses.
    """
    outcome = Outcome(setting, tuned=dict(tuned) if setting.tuned else {})
    for language in trial.asked:
        dense: dict[str, Run] = {}
        for arm in trial.arms:
            with trial.cost.stage("ranking"):
                dense[arm.name] = _dense_run(arm, language, setting, trial, outcome.tuned.get(arm.name))
            run = {id_: found[: trial.depth] for id_, found in dense[arm.name].items()}
            outcome.runs[arm.name, language] = run
            outcome.values[arm.name, language] = _measure(run, language, trial)
        for baseline in trial.baselines:
            key = (baseline.name, language)
            outcome.runs[key], outcome.values[key] = _baseline(baseline, language, dense, trial)
    return outcome


def _dense_run(arm: Arm, language: str, setting: Setting, trial: Trial, tuned: Tuned | None) -> Run:
    questions, vectors = trial.asked[language]
    queries, aggregation = arm.queries(trial.parts, language), AGGREGATIONS[setting.aggregation]
    ids, depth = trial.passage_ids, trial.depth_of(arm)
    run: Run = {}
    for alpha, rows in _by_alpha(questions, setting, tuned).items():
        matrix = aggregation.matrix(trial.parts.passages, queries, alpha, setting.fusion)
        scores, found = rank_matrix(matrix, vectors[rows], depth, trial.ties)
        for row, row_scores, row_found in zip(rows, scores.tolist(), found.tolist(), strict=True):
            run[questions[row].id] = [(ids[p], score) for p, score in zip(row_found, row_scores, strict=True)]
    return run


def _baseline(baseline: Baseline, language: str, dense: Mapping[str, Run], trial: Trial) -> tuple[Run, Values]:
    """The run and its values; without a dense part, those of the first setting again."""
    key = (baseline.name, language)
    if key in trial._fixed:
        return trial._fixed[key]
    if baseline.dense is not None and baseline.dense not in dense:
        raise XqgError(f"baseline {baseline.name} needs arm {baseline.dense}, which did not run; add it (--arms)")
    with trial.cost.stage("ranking"):
        run = baseline.run(trial.context, language, dense.get(baseline.dense) if baseline.dense else None)
    found = run, _measure(run, language, trial)
    if baseline.dense is None:
        trial._fixed[key] = found
    return found


def _measure(run: Run, language: str, trial: Trial) -> Values:
    with trial.cost.stage("measuring"):
        of_run = [measure for measure in trial.measures if not measure.needs_reader]
        return evaluate(run, trial.benchmark, language, of_run)


def _by_alpha(questions: Sequence[Question], setting: Setting, tuned: Tuned | None) -> dict[float, list[int]]:
    """α → rows of the questions that are ranked with it; 0 where none plays a part."""
    found: dict[float, list[int]] = {}
    for row, question in enumerate(questions):
        chosen = tuned.alpha(question.id) if tuned else 0.0
        alpha = chosen if setting.alpha is None else setting.alpha
        found.setdefault(alpha, []).append(row)
    return found
