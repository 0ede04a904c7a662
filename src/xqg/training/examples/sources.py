"""Where training examples come from. A new source is one file with `load(request)` and its name here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from xqg.errors import XqgError
from xqg.training.examples.example import TrainingData

__all__ = ["SOURCES", "Loaded", "Request", "load_source"]

# Name → module beside this one. What is none of these names is a path, and its content says what it is.
SOURCES = {"atlas": "atlas", "atlas-r": "atlas_r", "xquad": "xquad", "xquad-r": "xquad"}
BUILT_IN = ("atlas", "atlas-r")


@dataclass(frozen=True)
class Request:
    """What a source is asked for.

    Attributes:
        name: one of `SOURCES`, or a path.
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
        if self.name in BUILT_IN or not self.data:
            return None
        inner = Path(self.data) / self.name
        return inner if inner.is_dir() else Path(self.data)


@dataclass(frozen=True)
class Loaded:
    """A source's examples.

    Attributes:
        data: of the training split; ids are unique within the source.
        kept_out: ids of the source's other passages: those of its dev and test splits.
        groups: passage id → article or entity, where the source knows it.
    """

    data: TrainingData
    kept_out: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)


def load_source(request: Request) -> Loaded:
    """The examples of one source.

    A path is a BEIR folder, a JSONL file of triples, or a JSONL file of passages alone (for generated queries).

    Raises:
        XqgError: no such source, or what is wrong with its files.
    """
    loaded: Loaded = import_module(f"xqg.training.examples.{_module(request.name)}").load(request)
    return loaded


def _module(name: str) -> str:
    if name in SOURCES:
        return SOURCES[name]
    path = Path(name)
    if path.is_dir():
        return "beir"
    if path.is_file():
        return "triples"
    raise XqgError(
        f"unknown source {name!r}: it is neither one of {', '.join(SOURCES)} nor a BEIR folder nor a JSONL file "
        "of triples; mend `train`"
    )
