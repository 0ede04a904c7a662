"""Search engines: one file each. An engine builds itself from vectors, searches, saves and loads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search.engines import factory as factories
from xqg.search.engines.engine import Engine
from xqg.search.engines.factory import FactoryEngine, split_factory
from xqg.search.engines.flat import FlatEngine

__all__ = ["FLAT", "Engine", "FactoryEngine", "FlatEngine", "build_engine", "check_factory", "load_engine"]

FLAT = "Flat"


def check_factory(text: str, dimension: int, rows: int) -> None:
    """Raise XqgError for a factory string that cannot be built over `rows` vectors of a dimension."""
    if text != FLAT:
        if split_factory(text)[0] in (FLAT, ""):
            raise XqgError(f"engine {text!r}: Flat compares all vectors and has no parameters; give Flat alone")
        factories.check_factory(text, dimension, rows)


def build_engine(vectors: npt.NDArray[np.float32], factory: str) -> Engine:
    """The engine of a factory string over vectors of shape (passages, dimension)."""
    return FlatEngine.build(vectors) if factory == FLAT else FactoryEngine.build(vectors, factory)


def load_engine(path: Path, factory: str) -> Engine:
    """The engine in a file.

    Raises:
        ValueError: it holds none, or one of another kind.
    """
    return FlatEngine.load(path) if factory == FLAT else FactoryEngine.load(path, factory)
