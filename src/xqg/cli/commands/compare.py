"""`xqg compare`: systems on one benchmark, with controls and significance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options, reading
from xqg.cli.command import place

__all__ = ["command"]


@place(200)
def command(
    benchmark: Annotated[
        str, typer.Argument(metavar="BENCHMARK", help="Its name, or a BEIR folder.", show_default=False)
    ],
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder for results, runs and report.", show_default=False)],
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    data: options.Data = None,
    systems: Annotated[
        str | None,
        typer.Option(help="The complete list: none,mono,cross,bm25 and others; instead of --arms and --baselines."),
    ] = None,
    arms: options.Arms = None,
    baselines: options.Baselines = None,
    reader: reading.ReaderName = None,
    reader_question: reading.ReaderQuestion = None,
    read_top: reading.ReadTop = None,
    reader_dtype: reading.ReaderDtype = "auto",
    passage_language: options.PassageLanguage = None,
    query_languages: options.QueryLanguages = "all",
    languages: options.TargetLanguages = None,
    per_language: options.PerLanguage = None,
    alpha: options.Alpha = None,
    fusion: options.FusionName = None,
    aggregations: options.Aggregations = "sum",
    measures: options.Measures = None,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    seeds: Annotated[
        str | None, typer.Option(help="Repeat the sampling with these seeds, such as 0,1,2; the first is reported.")
    ] = None,
    limit: options.Limit = None,
    fold: options.Fold = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
    latex: Annotated[bool, typer.Option("--latex", help="Print the table for a paper as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the contrasts as JSON instead.")] = False,
) -> None:
    """Compare systems: which generated queries help retrieval, and by how much.

    Writes results.json, report.md, report.html, per_query.parquet, runs/ and variants/ to OUT. An
    interrupted comparison goes on where it stopped.
    """
    arguments = {name: value for name, value in locals().items() if value is not None}
    from xqg.experiment.compare import compare

    for name in ("benchmark", "latex", "as_json"):
        del arguments[name]
    results = compare(benchmark, **arguments)
    if as_json:
        rows = [contrast.to_dict() for contrast in results.views[0].contrasts]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print(results)
    if latex:
        print(f"\n{results.to_latex()}")
    print(f"\nreport: {out / 'report.md'} and report.html")
