"""Search engines by name, one file each; see `xqg.search.engine`."""

from __future__ import annotations

import re

from xqg.registry import Registry
from xqg.search.engine import FLAT, Engine, ExactEngine, is_exact
from xqg.search.engines.factory import FactoryEngine
from xqg.search.engines.flat import FlatEngine

__all__ = [
    "ENGINES",
    "FLAT",
    "Engine",
    "ExactEngine",
    "FactoryEngine",
    "FlatEngine",
    "check_engine",
    "engine_class",
    "is_exact",
    "without_parameters",
]

ENGINES: Registry[type[Engine]] = Registry("engine", "xqg.search.engines", group="xqg.engines")


def engine_class(text: str) -> type[Engine]:
    """The class that serves a text: by its name up to a comma or colon, else as a Faiss factory string.

    Raises:
        XqgError: another package's engine that cannot be imported.
    """
    name = re.split("[,:]", text, maxsplit=1)[0]
    if name in ENGINES:
        return ENGINES[name]
    return FlatEngine if text == FLAT else FactoryEngine


def check_engine(text: str, dimension: int, rows: int) -> None:
    """Raise XqgError for an engine that cannot be built over `rows` vectors of a dimension."""
    engine_class(text).check(text, dimension, rows)


def without_parameters(text: str) -> str:
    """`IVF1024,PQ64:nprobe=32` → what is built and kept; what follows the colon is of the search only."""
    return text.partition(":")[0]
