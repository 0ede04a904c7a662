"""`xqg study`: what the choices of a comparison do: how many queries, how much weight, which ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place

__all__ = ["command"]


@place(210)
def command(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="queries, alpha, languages or filter.", show_default=False)
    ],
    benchmark: Annotated[
        str, typer.Argument(metavar="BENCHMARK", help="Its name, or a BEIR folder.", show_default=False)
    ],
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder for the study's files.", show_default=False)],
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    data: options.Data = None,
    passage_language: options.PassageLanguage = None,
    query_languages: options.QueryLanguages = "all",
    languages: options.TargetLanguages = None,
    per_language: Annotated[
        int | None,
        typer.Option(
            min=1, help="Queries per target language.  [default: 5 (queries: 10), or as --queries has]"
        ),
    ] = None,
    fusion: options.FusionName = None,
    measures: Annotated[
        str | None, typer.Option(help="Measures of rankings; the first is the main one.  [default: R@1 RR@10 R@5]")
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, help="Study filter: a query must find its passage in the top K.  [default: 10]"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sampling and of what is drawn.")] = 0,
    limit: options.Limit = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Study one choice: how many queries, how much weight (α), which target languages, which filter.

    α is tuned as in a comparison. Writes study.json, study.md and study.html to OUT. An interrupted
    study goes on where it stopped.
    """
    arguments = {name: value for name, value in locals().items() if name not in ("kind", "benchmark")}
    from xqg.experiment.study import study

    print(study(kind, benchmark, **arguments))
    print(f"\n{out}: study.html, study.md, study.json")
