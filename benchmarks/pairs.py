"""Two ways of doing the same work, timed in turn: the rows of docs/performance.md.

A figure of one machine at one hour says little; a ratio says more, if both sides ran in the same process
conditions and in turn. `compare` runs reference, ours, reference, ours …, so that a machine that changes
its speed changes it for both, and gives the median of the ratios with the smallest and the largest.
"""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

__all__ = ["Row", "compare", "machine", "publish", "report", "table"]

HEAD = ("what", "reference", "xqg", "ratio (smallest to largest)")


@dataclass(frozen=True)
class Row:
    """One line: what was measured, both sides with their unit, and how many times faster ours is."""

    what: str
    reference: str
    ours: str
    ratio: str = ""


def compare(
    what: str, unit: str, reference: Callable[[], float], ours: Callable[[], float], rounds: int = 5
) -> Row:
    """Run both sides in turn, `rounds` times after one round that does not count.

    Args:
        unit: of the rates, such as `texts/s`.
        reference: does its work once and gives its rate; more is better.
        ours: the same.
    """
    reference(), ours()
    pairs = [(reference(), ours()) for _ in range(rounds)]
    ratios = [ours / reference for reference, ours in pairs]
    sides = [f"{_digits(statistics.median(side))} {unit}" for side in zip(*pairs, strict=True)]
    spread = f"{_digits(min(ratios))} to {_digits(max(ratios))}"
    return Row(what, *sides, f"{_digits(statistics.median(ratios))}× ({spread})")


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [HEAD, ("---", "---:", "---:", "---:")]
    lines += [(row.what, row.reference, row.ours, row.ratio) for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine() -> str:
    """What the figures were taken on."""
    import os

    names = ("torch", "transformers", "ctranslate2", "sentence-transformers", "faiss-cpu")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}, {versions}."


def report(rows: Sequence[Row]) -> str:
    """The table, and the machine below it."""
    return f"{table(rows)}\n\n{machine()}"


def publish(path: Path, name: str, text: str) -> None:
    """Put text between the markers `<!-- NAME: begin -->` and `<!-- NAME: end -->` of a file."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = path.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{path}: lacks the lines {begin} and {end}; put them where the table belongs")
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _digits(value: float) -> str:
    """Three digits, or all of a whole number's."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown processor"
