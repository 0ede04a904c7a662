"""`xqg verify`: whether an index is whole, and what to do where it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xqg.cli import options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.index.findings import Problem, Report

__all__ = ["command"]


def command(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """Check every file of an index, every version, every passage and the cache; nothing is changed.

    Prints a line for each problem, with what to do about it, and then exits with 2.
    """
    from xqg.index.verify import verify
    from xqg.progress import changing

    with changing() as progress:
        report = verify(index, progress)
    report.problems += _cache(report)
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _print(report)
    if report.problems:
        number = len(report.problems)
        few = (
            "1 problem; do what its line says"
            if number == 1
            else f"{number} problems; do what their lines say"
        )
        raise XqgError(f"{index}: {few}, then verify it again")


def _cache(report: Report) -> list[Problem]:
    """What is wrong with the cache; where the index itself cannot be opened nothing is known of it."""
    from xqg.index import StoredIndex
    from xqg.index.findings import Problem
    from xqg.index.store import CACHE
    from xqg.search.cache import check_cache

    try:
        found = check_cache(StoredIndex.open(report.path))
    except XqgError:
        return []
    return [Problem(CACHE, what, f"delete {report.path / CACHE}") for what in found]


def _print(report: Report) -> None:
    from xqg.units import size

    for problem in report.problems:
        print(problem)
    for note in report.notes:
        print(f"note: {note}")
    if report.ok:
        print(
            f"{report.path}: version {report.version}, {report.passages:,} passages, {report.files:,} files, "
            f"{size(report.bytes)}: all well"
        )
