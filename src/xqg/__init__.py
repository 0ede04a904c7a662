"""xqg: cross-lingual dense retrieval with generated queries (xQG, SIGIR 2023).

    import xqg

    passages = xqg.read_passages("passages.jsonl")
    index = xqg.build_index(passages, xqg.load_encoder("minilm"), Path("index"))
    hits = xqg.Searcher(index, xqg.load_encoder("minilm")).search(["who built it?"], k=5)

Benchmarks: `xqg.benchmarks.load("xquad", data=…)`. Everything is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xqg import benchmarks
    from xqg.encoding import load_encoder
    from xqg.errors import XqgError
    from xqg.index import build_index
    from xqg.passages import read_passages
    from xqg.queries import load_generator
    from xqg.search import Searcher

__all__ = [
    "Searcher",
    "XqgError",
    "benchmarks",
    "build_index",
    "load_encoder",
    "load_generator",
    "read_passages",
]
__version__ = "0.1.0"

_HOMES = {
    "Searcher": "search",
    "XqgError": "errors",
    "build_index": "index",
    "load_encoder": "encoding",
    "load_generator": "queries",
    "read_passages": "passages",
}


def __getattr__(name: str) -> Any:
    """Import on first use: `import xqg` stays quick."""
    if name == "benchmarks":
        return import_module("xqg.benchmarks")
    if name in _HOMES:
        return getattr(import_module(f"xqg.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'xqg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
