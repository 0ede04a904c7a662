"""`xqg reweight`: another default weighting of an index."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from xqg.cli import options

__all__ = ["command"]


def command(
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
    from xqg.cli.changing import report
    from xqg.index import StoredIndex
    from xqg.index.reweight import reweight_index
    from xqg.passages import parse_languages
    from xqg.search.cache import prepare_engine
    from xqg.search.engines import check_engine

    before = StoredIndex.open(index)
    chosen = None
    if languages is not None:
        named = {"all": list(before.languages), "none": []}
        chosen = named[languages] if languages in named else parse_languages(languages)
    if engine is not None:
        check_engine(engine, before.manifest.dimension, len(before))
    after = reweight_index(
        index, alpha=alpha, languages=chosen, fusion=options.check_fusion(fusion), engine=engine
    )
    manifest = after.manifest
    counted = ", ".join(manifest.weighted) or "no language"
    print(
        report(before, after, f"alpha {manifest.alpha:g}, {manifest.fusion}, {counted}, engine {manifest.engine}")
    )
    if engine is not None:
        prepare_engine(after, lambda line: print(line, file=sys.stderr))
