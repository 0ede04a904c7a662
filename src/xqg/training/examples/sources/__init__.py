"""Sources of training examples by name, one file each; what no file is named after is a path."""

from __future__ import annotations

from pathlib import Path

from xqg.errors import XqgError
from xqg.registry import Registry
from xqg.training.examples import beir, triples
from xqg.training.examples.source import Request, Source, SourceData

__all__ = ["SOURCES", "load_source"]

SOURCES: Registry[Source] = Registry("source", "xqg.training.examples.sources", group="xqg.sources")


def load_source(request: Request) -> SourceData:
    """The examples of one source.

    A path is a BEIR folder, a JSONL file of triples, or a JSONL file of passages alone (for generated queries).

    Raises:
        XqgError: no such source, or what is wrong with its files.
    """
    if request.name in SOURCES:
        return SOURCES[request.name](request)
    path = Path(request.name)
    if path.is_dir():
        return beir.load(request)
    if path.is_file():
        return triples.load(request)
    raise XqgError(
        f"unknown source {request.name!r}: it is neither one of {', '.join(SOURCES)} nor a BEIR folder nor a JSONL "
        "file of triples; mend `train`"
    )
