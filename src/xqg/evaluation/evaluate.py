"""A run to numbers: every measure for every question of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure, check_reader
from xqg.evaluation.runs import Run, check_run, order
from xqg.reading.span import Span

__all__ = ["evaluate", "macro"]


def evaluate(
    run: Run,
    benchmark: Benchmark,
    language: str,
    measures: Sequence[Measure],
    answers: Mapping[str, Span] | None = None,
) -> dict[str, dict[str, float]]:
    """Measure name → question id → value, for the benchmark's questions of `language`.

    The run is ranked anew by `order`, so that a run in memory gives the numbers of its file. A
    question that the run lacks counts 0.

    Args:
        answers: question id → what a reader took from the run's passages, for reader measures (`EM`);
            a question without an answer counts 0.

    Raises:
        XqgError: ids that the benchmark lacks, an empty run, a reader measure without `answers`, a
            measure that counts no question, and whatever a measure refuses.
    """
    check_reader(measures, reader=answers is not None)
    check_run(run, benchmark, language)
    ranked = {question_id: order(pairs) for question_id, pairs in run.items()}
    questions = benchmark.questions_in(language)
    found: dict[str, dict[str, float]] = {}
    for measure in measures:
        measured = answers or {} if measure.needs_reader else ranked
        found[measure.name] = measure.per_question(measured, questions, benchmark)
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
