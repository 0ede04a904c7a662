"""What `evaluate` does to a run and its benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xqg.benchmarks import Benchmark
    from xqg.evaluation import Run

__all__ = ["of_fold", "shared_ids"]


def of_fold(run: Run, benchmark: Benchmark, fold: tuple[int, int] | None) -> tuple[Run, Benchmark]:
    """The benchmark's questions of one fold, and a run without those of the others; None: all.

    Raises:
        XqgError: no such fold.
    """
    if fold is None:
        return run, benchmark
    mine = benchmark.fold(*fold)
    others = benchmark.groups.keys() - mine.groups.keys()
    return {id_: ranking for id_, ranking in run.items() if id_ not in others}, mine


def shared_ids(benchmark: Benchmark, ids: set[str] | None = None) -> bool:
    """Whether an id (of `ids`; None: any) is a question's in more than one language."""
    seen: set[str] = set()
    for question in benchmark.questions:
        if ids is None or question.id in ids:
            if question.id in seen:
                return True
            seen.add(question.id)
    return False
