"""Chance level: what a measure gives for rankings that know nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure, depth_for
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["chance_level", "chance_of"]

_RANKINGS = 30_000  # in all: few questions need many each, or the level itself would be noise


def chance_level(
    measure: Measure,
    questions: Sequence[Question],
    benchmark: Benchmark,
    depth: int,
    repeats: int = 10,
    seed: int = 0,
) -> float:
    """The mean of `measure` over `repeats` random rankings of the pool, drawn for each question.

    Args:
        questions: of one language.
        depth: passages per ranking; more than the pool has means the whole pool.
        seed: the same seed gives the same value.

    Raises:
        XqgError: no repeat, no depth, a measure that counts none of the questions, or a reader measure.
    """
    if depth < 1 or repeats < 1:
        raise XqgError(f"chance level of {repeats} rankings of depth {depth}; use 1 or more of each")
    if measure.needs_reader:
        raise XqgError(f"{measure.name} is of answers, not of rankings; take a measure of runs")
    random = np.random.default_rng(seed)
    ids = [passage.id for passage in benchmark.passages]
    depth = min(depth, len(ids))
    means = []
    for _ in range(repeats):
        run: Run = {}
        for question in questions:
            drawn = random.choice(len(ids), size=depth, replace=False)
            run[question.id] = [(ids[index], float(depth - rank)) for rank, index in enumerate(drawn)]
        values = measure.per_question(run, questions, benchmark)
        if not values:
            raise XqgError(f"{measure.name} counts none of {benchmark.name}'s questions; leave it out")
        means.append(sum(values.values()) / len(values))
    return sum(means) / repeats


def chance_of(measure: Measure, benchmark: Benchmark, language: str) -> float:
    """The chance level of a measure on a benchmark's questions of a language, to two digits of a percentage.

    Raises:
        XqgError: as `chance_level`; no question in the language.
    """
    questions = benchmark.questions_in(language)
    repeats = max(10, _RANKINGS // len(questions))
    return chance_level(measure, questions, benchmark, depth_for([measure], benchmark), repeats)
