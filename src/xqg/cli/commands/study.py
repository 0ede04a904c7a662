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
        str, typer.Option(help="Measures of rankings; the first is the main one.")
    ] = "R@1 RR@10 R@5",
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
    from xqg.benchmarks import load
    from xqg.errors import XqgError
    from xqg.experiment import Request
    from xqg.experiment.studies import DEFAULT_TOP, parse_study, run, terminal

    study = parse_study(kind)
    options.check_one_source(generator, queries)
    if top is not None and study.name != "filter":
        raise XqgError(f"--top is of study filter, this is study {study.name}; leave it out")
    request = Request(
        arms=None,
        out=out,
        generator=generator,
        queries_file=queries,
        fusion=options.check_fusion(fusion),
        **options.chosen_languages(query_languages, languages),
        n=per_language,
        seed=seed,
        limit=limit,
        measures=measures,
        device=device,
        dtype=dtype,
        passage_length=passage_length,
        query_length=query_length,
    )
    pool = load(benchmark, data=data, passage_language=passage_language)
    document = run(study, pool, encoder, request, top or DEFAULT_TOP)
    print(terminal(document))
    print(f"\n{out}: study.html, study.md, study.json")
