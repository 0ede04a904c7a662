"""`xqg reweight`: another default weighting of an index."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["reweight"]


@place(120)
def reweight(
    index: options.IndexFolder,
    alpha: options.SearchAlpha = None,
    languages: Annotated[
        str | None,
        typer.Option(help="Generated queries that count: `ja,ru`, `all` stored ones, or `none`."),
    ] = None,
    fusion: Annotated[str | None, typer.Option(metavar="NAME", help="raw or normalised.")] = None,
    engine: Annotated[
        str | None, typer.Option(metavar="FACTORY", help="Faiss engine: Flat, HNSW32, IVF1024,PQ64 …")
    ] = None,
) -> None:
    """Set what searches of an index use where they say nothing else.

    One new version; no vector is touched. An engine that approximates is built at once.
    """
    from xqg.door import Index

    show(Index.open(index).reweight(alpha=alpha, languages=languages, fusion=fusion, engine=engine))
