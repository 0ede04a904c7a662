"""Which measures are taken where none is named: the one rule, for `compare` and `evaluate` alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.evaluation.measures import parse
from xqg.evaluation.runs import Run

__all__ = ["DEFAULT_MEASURES", "READER_MEASURES", "default_measures", "reasons"]

DEFAULT_MEASURES = ("R@1", "R@5", "RR@10", "Answer@1", "Answer@5", "R@2kt")
READER_MEASURES = ("EM", "F1")  # too, where there is a reader


def default_measures(
    benchmark: Benchmark,
    languages: Sequence[str],
    *,
    reader: bool,
    depth: int | None = None,
    runs: Mapping[str, Run] | None = None,
) -> tuple[list[Measure], dict[str, str]]:
    """Those of `DEFAULT_MEASURES`, with a reader of `READER_MEASURES` too, that can say something.

    Args:
        languages: of the questions.
        reader: whether there is one.
        depth: passages per question that the runs will hold, where that is settled.
        runs: question language → run, where they are at hand.

    Returns:
        The measures in that order, and for each that is left out its name and why.

    Raises:
        XqgError: none can say anything; a reader, but no measure for its answers.
    """
    measures: list[Measure] = []
    left_out: dict[str, str] = {}
    for name in (*DEFAULT_MEASURES, *(READER_MEASURES if reader else ())):
        measure = parse(name)
        reason = measure.obstacle(benchmark, languages, depth=depth, runs=runs)
        if reason is None:
            measures.append(measure)
        else:
            left_out[name] = reason
    if not measures:
        raise XqgError(f"{benchmark.name}: no measure by default ({_one_line(left_out)}); name some in `measures`")
    if reader and not any(measure.needs_reader for measure in measures):
        raise XqgError(
            f"{benchmark.name}: nothing to measure a reader's answers by ({_one_line(left_out)}); leave `reader` out"
        )
    return measures, left_out


def reasons(left_out: Mapping[str, str]) -> dict[str, str]:
    """Reason → the names that it leaves out, joined by commas: fewer lines to tell a user."""
    names: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        names.setdefault(reason, []).append(name)
    return {reason: ", ".join(of) for reason, of in names.items()}


def _one_line(left_out: Mapping[str, str]) -> str:
    return "; ".join(f"{names}: {reason}" for reason, names in reasons(left_out).items())
