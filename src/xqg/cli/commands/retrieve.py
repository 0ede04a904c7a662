"""`xqg retrieve`: the best passages for a file of questions, as a TREC run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place

__all__ = ["retrieve"]


@place(70)
def retrieve(
    index: options.IndexFolder,
    questions: Annotated[
        str,
        typer.Argument(
            metavar="QUERIES",
            help="JSONL file of questions, BEIR folder, or a benchmark's name.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="TREC run to write.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, help="Passages per question.")] = 100,
    alpha: options.SearchAlpha = None,
    languages: options.SearchLanguages = None,
    query_language: Annotated[
        str | None,
        typer.Option(help="Language of questions that name none; of a named benchmark: the one to ask in."),
    ] = None,
    data: options.Data = None,
    where: options.Where = None,
    hybrid: options.Hybrid = False,
    engine: options.SearchEngine = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Retrieve passages for many questions."""
    from xqg.door import Index

    run = Index.open(index, device=device, dtype=dtype).retrieve(
        questions,
        k,
        out=out,
        alpha=alpha,
        languages=languages,
        query_language=query_language,
        data=data,
        where=where,
        hybrid=hybrid,
        engine=engine,
    )
    each = [len(found) for found in run.values()]
    number = f"{min(each)} to {max(each)}" if min(each) < max(each) else str(max(each))
    print(f"{out}: {len(run)} questions, {number} passages each")
