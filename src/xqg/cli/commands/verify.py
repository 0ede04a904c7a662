"""`xqg verify`: whether an index is whole, and what to do where it is not."""

from __future__ import annotations

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.errors import XqgError

__all__ = ["verify"]


@place(160)
def verify(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """Check every file of an index, every version, every passage and the cache; nothing is changed.

    Prints a line for each problem, with what to do about it, and then exits with 2.
    """
    from xqg.door import verify as verified

    report = verified(index)
    show(report, as_json)
    number = len(report.problems)
    if number:
        few = "1 problem; do what its line says" if number == 1 else f"{number} problems; do what their lines say"
        raise XqgError(f"{index}: {few}, then verify it again")
