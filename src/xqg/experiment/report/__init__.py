"""Reports, made from results alone: one file for each kind of results, and the pieces that they share."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from xqg.experiment.results import Results

__all__ = ["Report", "report_of", "write_reports"]


class Report(Protocol):
    """The file of a kind of results: `report/KIND.py`."""

    def terminal(self, results: Results) -> str:
        """What the command line prints."""

    def notebook(self, results: Results) -> str:
        """The results in a notebook, as HTML."""

    def write(self, results: Results, folder: Path) -> None:
        """Write the reports; results.json, or what stands in for it, comes last."""


def report_of(results: Results) -> Report:
    """The report of the results' kind: `comparison`, `evaluation`, `study` or `reproduction`."""
    return cast(Report, import_module(f"{__name__}.{results.description.kind}"))


def write_reports(results: Results, folder: Path) -> None:
    """Write everything that can be made from the values alone."""
    report_of(results).write(results, folder)
