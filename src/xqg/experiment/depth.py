"""How many passages a run must hold for its measures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation.measures import Measure, ReaderMeasure
from xqg.evaluation.measures.kilotoken import Kilotoken, token_count

__all__ = ["depth_for"]

_SHALLOWEST = 10


def depth_for(measures: Sequence[Measure], benchmark: Benchmark) -> int:
    """The depth that serves every measure of a run: its cut-off; for `R@<k>kt` as many passages as fill
    the tokens when the shortest come first; the whole pool for a measure without a cut-off (`AP`).

    How many passages a reader reads is no matter of its measures (`EM`), which add nothing here.
    """
    pool = len(benchmark.passages)
    needed = [_SHALLOWEST]
    for measure in measures:
        cutoff = re.search(r"@(\d+)$", measure.name)
        if isinstance(measure, Kilotoken):
            needed.append(_passages_that_fill(measure.k * 1000, benchmark))
        elif not isinstance(measure, ReaderMeasure):
            needed.append(int(cutoff[1]) if cutoff else pool)
    return min(max(needed), pool)


def _passages_that_fill(tokens: int, benchmark: Benchmark) -> int:
    lengths = sorted(token_count(passage.text) for passage in benchmark.passages)
    total = 0
    for number, length in enumerate(lengths, start=1):
        total += length
        if total >= tokens:
            return number
    return len(lengths)
