"""Search engines: one file each. An engine builds itself from vectors, searches, saves and loads."""

from __future__ import annotations

from xqg.search.engine import Engine
from xqg.search.engines import factory as factories
from xqg.search.engines.factory import FactoryEngine, split_factory
from xqg.search.engines.flat import FLAT, FlatEngine

__all__ = ["FLAT", "Engine", "FactoryEngine", "FlatEngine", "check_factory", "engine_class", "split_factory"]


def engine_class(factory: str) -> type[FlatEngine] | type[FactoryEngine]:
    """The class that serves a Faiss factory string."""
    return FlatEngine if factory == FLAT else FactoryEngine


def check_factory(text: str, dimension: int, rows: int) -> None:
    """Raise XqgError for a factory string that cannot be built over `rows` vectors of a dimension."""
    if text != FLAT:
        factories.check_factory(text, dimension, rows)
