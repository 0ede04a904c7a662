"""The same comparison with other seeds: how much of a difference is the luck of the sampling."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.contrasts import MEAN, PRIMARY
from xqg.experiment.experiment import compare
from xqg.experiment.results import write_comparison
from xqg.experiment.settings import Request, write_json
from xqg.experiment.spread import Spread
from xqg.experiment.views import Comparison

__all__ = ["compare_seeds", "parse_seeds"]


def parse_seeds(text: str) -> tuple[int, ...]:
    """`0,1,2` → seeds, two or more.

    Raises:
        XqgError: something else, or a seed twice.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts) or len(set(parts)) < len(parts) or len(parts) < 2:
        raise XqgError(f"--seeds is {text!r}; give two or more different whole numbers, such as 0,1,2")
    return tuple(map(int, parts))


def compare_seeds(
    benchmark: Benchmark, encoder_name: str, request: Request, seeds: Sequence[int]
) -> Comparison:
    """Run the comparison once for each seed: the first to `request.out`, the others to its `seeds/N`.

    The report and seeds.json of `request.out` then show the spread between seeds beside the
    differences between arms. What does not depend on the seed (vectors, answers) is made once.

    Raises:
        XqgError: as `compare`; generated queries from a file, whose sampling cannot be repeated.
    """
    if request.queries_file is not None:
        raise XqgError("--seeds repeats a generator's sampling, a --queries file holds one; leave one of them out")
    first = compare(benchmark, encoder_name, dataclasses.replace(request, seed=seeds[0]))
    found = [first]
    for seed in seeds[1:]:
        folder = request.out / "seeds" / str(seed)
        found.append(
            compare(
                benchmark,
                encoder_name,
                dataclasses.replace(request, seed=seed, out=folder, kept=request.kept or request.out),
            )
        )
    whole = dataclasses.replace(first, spread=_spread(found, seeds))
    write_comparison(whole, request.out)
    _write(whole, request.out)
    return whole


def _spread(comparisons: Sequence[Comparison], seeds: Sequence[int]) -> Spread:
    first = comparisons[0]
    measure = first.primary_measure
    values = {
        system.name: tuple(c.mean(c.outcomes[0], system.name, MEAN, measure) for c in comparisons)
        for system in first.systems
    }
    arm, versus = PRIMARY
    both = arm in values and versus in values
    differences = tuple(a - b for a, b in zip(values[arm], values[versus], strict=True)) if both else ()
    return Spread(tuple(seeds), measure, values, differences)


def _write(comparison: Comparison, out: Path) -> None:
    if comparison.spread is not None:
        write_json(out / "seeds.json", comparison.spread.to_dict())
