"""Reports, made from results alone: one file for each kind of results, and the pieces that they share."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from xqg.experiment.measurements import Measurements

__all__ = ["Report", "report_of"]


class Report(Protocol):
    """The file of a kind of results: `report/KIND.py`."""

    def terminal(self, results: Measurements) -> str:
        """What the command line prints."""

    def notebook(self, results: Measurements) -> str:
        """The results in a notebook, as HTML."""

    def write(self, results: Measurements, folder: Path) -> None:
        """Write the reports; results.json, or what stands in for it, comes last."""


def report_of(results: Measurements) -> Report:
    """The report of the results' kind: `comparison`, `evaluation`, `study` or `reproduction`."""
    return cast(Report, import_module(f"{__name__}.{results.description.kind}"))
