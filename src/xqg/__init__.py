"""xqg: cross-lingual dense retrieval with generated queries (xQG, SIGIR 2023).

    import xqg

    index = xqg.Index.build("my-index", "passages.jsonl", encoder="minilm", generator="mini", languages=["ja", "fi"])
    for hit in xqg.Index.open("my-index").search("アイスランドの公用語は？", k=5, languages="auto"):
        print(hit.rank, hit.score, hit.passage.title)

    results = xqg.compare("xquad", data="../xquad", encoder="minilm", queries="queries.jsonl", alpha="tuned")
    print(results)
    results.contrast("cross", "mono")

Everything is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xqg.benchmarks import benchmark
    from xqg.door import Hits, Index
    from xqg.door.generate import generate
    from xqg.door.train import train
    from xqg.encoding import load_encoder
    from xqg.errors import XqgError
    from xqg.experiment.compare import compare
    from xqg.experiment.evaluate import evaluate
    from xqg.experiment.languages import languages
    from xqg.experiment.reproduce import reproduce
    from xqg.experiment.results import Results
    from xqg.experiment.study import study
    from xqg.passages import Passage, Question
    from xqg.queries import load_generator
    from xqg.reading import load_reader

__all__ = [
    "Hits",
    "Index",
    "Passage",
    "Question",
    "Results",
    "XqgError",
    "benchmark",
    "compare",
    "convert",
    "evaluate",
    "generate",
    "languages",
    "load_encoder",
    "load_generator",
    "load_reader",
    "reproduce",
    "study",
    "train",
]
__version__ = "0.1.0"

_HOMES = {
    "Hits": "door",
    "Index": "door",
    "Passage": "passages",
    "Question": "passages",
    "Results": "experiment.results",
    "XqgError": "errors",
    "benchmark": "benchmarks",
    "compare": "experiment.compare",
    "convert": "door",
    "evaluate": "experiment.evaluate",
    "generate": "door",
    "languages": "experiment.languages",
    "load_encoder": "encoding",
    "load_generator": "queries",
    "load_reader": "reading",
    "reproduce": "experiment.reproduce",
    "study": "experiment.study",
    "train": "door",
}


def __getattr__(name: str) -> Any:
    """Import on first use: `import xqg` stays quick."""
    if name in _HOMES:
        return getattr(import_module(f"xqg.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'xqg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
