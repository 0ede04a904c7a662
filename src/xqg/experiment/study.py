"""What a study is, and what it finds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xqg.experiment.report.document import Figure, Section

if TYPE_CHECKING:
    from xqg.experiment.studies.context import Context

__all__ = ["Findings", "Study"]


@dataclass(frozen=True)
class Findings:
    """What a study found, ready to be written.

    Attributes:
        lines: in words, the main thing first.
        sections: tables, each with the name of its figure.
        figures: name → plot.
        tables: name → rows of numbers (fractions, not percent) for study.json, each with the setting
            that it holds in.
    """

    lines: Sequence[str]
    sections: Sequence[Section]
    figures: Mapping[str, Figure]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


class Study(ABC):
    """One file in this folder; a new study is a new file and its name in `STUDIES`.

    Attributes:
        name: on the command line.
        title: the question that it asks.
        arms: names of arms; those that the source of queries cannot fill are left out, but `cross`.
        per_language: n to generate where none is asked for; None: as in a comparison.
        curves: whether α's curve over RR@10 is shown, so that RR@10 is measured in any case.
    """

    name: str
    title: str
    arms: tuple[str, ...]
    per_language: int | None = None
    curves: bool = False

    @abstractmethod
    def run(self, context: Context) -> Findings:
        """Measure."""
