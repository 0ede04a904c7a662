"""Every setting of a comparison: the asked one, then its variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import Encoder, VectorCache
from xqg.experiment.evaluation import Asked, Outcome, Trial, run_setting
from xqg.experiment.plan import Plan
from xqg.experiment.settings import Setting
from xqg.experiment.tuning import Tuned, folds_of, tune
from xqg.passages.records import Question

__all__ = ["TuningQuestions", "ask", "outcomes_of", "settings_of", "tuned_alphas", "tuning_questions"]


@dataclass(frozen=True)
class TuningQuestions:
    """What α is chosen on.

    Attributes:
        asked: in the languages that the mean is taken over.
        fold_of: question id → fold; None: a dev set of its own.
    """

    asked: Asked
    qrels: Mapping[str, Mapping[str, int]]
    fold_of: Mapping[str, int] | None


def settings_of(aggregations: Sequence[str], alpha: float | None, fusion: Fusion) -> list[Setting]:
    """The asked setting first; then the other fusion, the paper's fixed α beside a tuned one, and the
    same for every other aggregation.

    Args:
        alpha: None: tuned.
        fusion: of the asked setting.
    """
    alphas = [alpha] if alpha is not None else [None, DEFAULT_ALPHA]
    fusions = (fusion, *(other for other in FUSIONS if other != fusion))
    return [
        Setting(each, value, name)
        for name in aggregations
        for value in (alphas if AGGREGATIONS[name].weighted else [None])
        for each in fusions
    ]


def outcomes_of(settings: Sequence[Setting], trial: Trial, tuning: TuningQuestions | None) -> list[Outcome]:
    """Run every setting.

    Args:
        tuning: needed where a setting's α is tuned.
    """
    found = []
    for setting in settings:
        tuned = tuned_alphas(setting, trial, tuning) if setting.tuned and tuning is not None else {}
        found.append(run_setting(setting, trial, tuned))
    return found


def tuned_alphas(setting: Setting, trial: Trial, tuning: TuningQuestions) -> dict[str, Tuned]:
    """Arm → its α under the setting's fusion and aggregation; `none` has no queries to weigh."""
    with trial.cost.stage("tuning"):
        return {
            arm.name: tune(
                arm,
                setting.fusion,
                trial.parts,
                tuning.asked,
                tuning.qrels,
                trial.passage_ids,
                tuning.fold_of,
                AGGREGATIONS[setting.aggregation],
            )
            for arm in trial.arms
            if arm.name != "none"
        }


def tuning_questions(
    benchmark: Benchmark, plan: Plan, asked: Asked, encoder: Encoder, cache: VectorCache
) -> TuningQuestions:
    """The benchmark's dev questions, or the asked ones in five folds of their clusters."""
    if benchmark.tuning_questions:
        dev = ask(benchmark.tuning_questions, plan, encoder, cache)
        return TuningQuestions({code: dev[code] for code in plan.mean_languages}, benchmark.tuning_qrels, None)
    own = {code: asked[code] for code in plan.mean_languages}
    ids = [question.id for questions, _ in own.values() for question in questions]
    groups = {id_: benchmark.groups[id_] for id_ in dict.fromkeys(ids)}
    return TuningQuestions(own, benchmark.qrels, folds_of(groups))


def ask(questions: Sequence[Question], plan: Plan, encoder: Encoder, cache: VectorCache) -> Asked:
    """Encode questions: language → questions and their vectors, (questions, dimension)."""
    found = {}
    for language in plan.query_languages:
        mine = [question for question in questions if question.language == language]
        texts = [question.text for question in mine]
        found[language] = (mine, cache.encode(encoder, "queries", texts))
    return found
