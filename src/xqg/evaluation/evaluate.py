"""A run to numbers: every measure for every question of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measures import Measure
from xqg.evaluation.runs import Run, check_run, order

__all__ = ["evaluate", "macro"]


def evaluate(
    run: Run, benchmark: Benchmark, language: str, measures: Sequence[Measure]
) -> dict[str, dict[str, float]]:
    """Measure name → question id → value, for the benchmark's questions of `language`.

    The run is ranked anew by `order`, so that a run in memory gives the numbers of its file.

    Raises:
        XqgError: ids that the benchmark lacks, an empty run, a measure that counts no question, and
            whatever a measure refuses.
    """
    check_run(run, benchmark, language)
    ranked = {question_id: order(pairs) for question_id, pairs in run.items()}
    questions = benchmark.questions_in(language)
    found: dict[str, dict[str, float]] = {}
    for measure in measures:
        found[measure.name] = measure.per_question(ranked, questions, benchmark)
        if not found[measure.name]:
            raise XqgError(
                f"{measure.name} counts none of {benchmark.name}'s questions in {language!r} (they lack the answers "
                "or judgements it needs); leave it out"
            )
    return found


def macro(means: Mapping[str, float]) -> float:
    """The unweighted mean over languages of the means per language.

    Raises:
        XqgError: no language.
    """
    if not means:
        raise XqgError("no language to average over; evaluate at least one")
    return sum(means.values()) / len(means)
