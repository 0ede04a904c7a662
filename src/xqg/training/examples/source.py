"""What a source of training examples is: a callable from a `Request` to what it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xqg.benchmarks import BENCHMARKS
from xqg.benchmarks.benchmark import BuiltIn
from xqg.training.examples.example import TrainingData

__all__ = ["Request", "Source", "SourceData"]


@dataclass(frozen=True)
class Request:
    """What a source is asked for.

    Attributes:
        name: of a source or benchmark, or a path.
        data: the folder of a benchmark's files, or one that has a folder named like the benchmark (so that
            several benchmarks can share the setting); empty: none.
        fold, folds: XQuAD: the fold of articles that is left out, of so many.
    """

    name: str
    data: str = ""
    fold: int = 0
    folds: int = 5

    @property
    def folder(self) -> Path | None:
        """Where the benchmark's own files are; None for one that is built in."""
        if not self.data or (self.name in BENCHMARKS and isinstance(BENCHMARKS[self.name], BuiltIn)):
            return None
        inner = Path(self.data) / self.name
        return inner if inner.is_dir() else Path(self.data)


@dataclass(frozen=True)
class SourceData:
    """A source's examples.

    Attributes:
        data: of the training split; ids are unique within the source.
        kept_out: ids of the source's other passages: those of its dev and test splits.
        groups: passage id → article or entity, where the source knows it.
    """

    data: TrainingData
    kept_out: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)


Source = Callable[[Request], SourceData]
