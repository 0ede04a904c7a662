"""From vectors to numbers: every system ranks every question, and the runs are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Measure, Run, evaluate
from xqg.experiment.cost import Cost
from xqg.experiment.parts import Parts, Questions, Texts
from xqg.experiment.setting import Setting
from xqg.experiment.system import System, Task
from xqg.experiment.tuning import Tuned
from xqg.passages.records import Question
from xqg.search.reciprocal_rank import FUSION_DEPTH

__all__ = ["Measured", "Outcome", "Trial", "run_setting"]

Measured = dict[str, dict[str, float]]  # measure → question id → value


@dataclass(frozen=True)
class Outcome:
    """What one setting gave.

    Attributes:
        runs: (system, question language) → run, or what was kept of it.
        values: (system, question language) → measure → question id → value.
        tuned: system → its α, where tuned.
    """

    setting: Setting
    tuned: Mapping[str, Tuned] = field(default_factory=dict)
    runs: Mapping[tuple[str, str], Run] = field(default_factory=dict)
    values: dict[tuple[str, str], Measured] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """What is the same in every setting of a comparison.

    Attributes:
        questions: to be asked, with their vectors.
        measures: of rankings; those of a reader are taken later, from the runs.
        depth: passages per ranking.
        queries: the generated texts: language → passage id → texts.
        cost: counts seconds on the way.
    """

    benchmark: Benchmark
    systems: Sequence[System]
    parts: Parts
    questions: Questions
    measures: Sequence[Measure]
    depth: int
    queries: Texts = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    # Of systems without vectors, which rank alike in every setting: runs and values, and what they kept.
    _fixed: dict[tuple[str, str], tuple[Run, Measured]] = field(default_factory=dict, init=False, repr=False)
    _kept: dict[tuple[str, str], Run] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def passage_ids(self) -> list[str]:
        """In the pool's order."""
        return [passage.id for passage in self.benchmark.passages]

    def depth_of(self, system: System) -> int:
        """Passages that it ranks: more where another system fuses its run, which ends nowhere then."""
        fused = any(system.name in other.uses for other in self.systems)
        return max(self.depth, FUSION_DEPTH) if fused else self.depth

    def measured(self, run: Run, language: str) -> Measured:
        """The values of a run."""
        with self.cost.stage("measuring"):
            return evaluate(run, self.benchmark, language, self.measures)


def run_setting(
    setting: Setting,
    trial: Trial,
    tuned: Mapping[str, Tuned],
    keep: Callable[[str, str, Run], Run] = lambda system, language, run: run,
) -> Outcome:
    """Rank every question with every system, and measure.

    Args:
        tuned: system → α of each question; read where the setting's α is tuned.
        keep: is given each system, question language and run once it is measured, and says what stays
            of the run in memory.

    Raises:
        XqgError: whatever a system or a measure refuses.
    """
    alphas = dict(tuned) if setting.tuned else {}
    runs: dict[tuple[str, str], Run] = {}
    measured: dict[tuple[str, str], Measured] = {}
    for language in trial.questions:
        for name, run, values in _of_language(trial, language, setting, alphas):
            runs[name, language], measured[name, language] = keep(name, language, run), values
    return Outcome(setting, alphas, runs, measured)


def _of_language(
    trial: Trial, language: str, setting: Setting, tuned: Mapping[str, Tuned]
) -> Iterator[tuple[str, Run, Measured]]:
    """Each system's name, run and values. A run that several need is made once."""
    systems = {system.name: system for system in trial.systems}
    runs: dict[str, Run] = {}

    def run_of(name: str) -> Run:
        if name not in runs:
            task = _task(trial, systems[name], language, setting, tuned, run_of)
            with trial.cost.stage("ranking"):
                runs[name] = _complete(systems[name].rank(task), name, task)
        return runs[name]

    for name, system in systems.items():
        if (name, language) in trial._fixed:
            yield name, *trial._fixed[name, language]
            continue
        run = {id_: ranking[: trial.depth] for id_, ranking in run_of(name).items()}
        values = trial.measured(run, language)
        if system.dense is None:
            trial._fixed[name, language] = run, values
        yield name, run, values


def _complete(run: Run, name: str, task: Task) -> Run:
    """The run, which must have every question: one that is lacking would count 0 unseen.

    Raises:
        XqgError: it has not.
    """
    if not isinstance(run, Mapping):
        raise XqgError(f"system {name} gave {type(run).__name__}; return question id → [(passage id, score)]")
    for question in task.questions:
        if question.id not in run:
            raise XqgError(
                f"system {name} did not rank passages for question {question.id!r} in {task.language!r}; rank them for "
                "every question of the task"
            )
    return run


def _task(
    trial: Trial,
    system: System,
    language: str,
    setting: Setting,
    tuned: Mapping[str, Tuned],
    run_of: Callable[[str], Run],
) -> Task:
    questions, vectors = trial.questions[language]
    return Task(
        benchmark=trial.benchmark,
        plan=trial.parts.plan,
        language=language,
        questions=questions,
        vectors=vectors,
        depth=trial.depth_of(system),
        setting=setting,
        alphas=_alphas(questions, setting, tuned.get(system.name)),
        parts=trial.parts,
        queries=trial.queries,
        run_of=run_of,
        kept=trial._kept,
    )


def _alphas(questions: Sequence[Question], setting: Setting, tuned: Tuned | None) -> list[float]:
    """α of each question; 0 where none plays a part."""
    if setting.alpha is not None:
        return [setting.alpha] * len(questions)
    return [tuned.alpha(question.id) if tuned else 0.0 for question in questions]
