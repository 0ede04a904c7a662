"""`xqg compare`: the arms on one benchmark, with controls and significance."""

from __future__ import annotations

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
    alpha: options.Alpha = "0.01",
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
) -> None:
    """Compare arms: which generated queries help retrieval, and by how much.

    Writes results.json, report.md, report.html, per_query.parquet, runs/ and variants/ to OUT. An
    interrupted comparison goes on where it stopped.
    """
    from xqg.augmentation.aggregations import parse_aggregations
    from xqg.benchmarks import load
    from xqg.experiment import Request, compare
    from xqg.experiment.report import latex as paper_table
    from xqg.experiment.report import terminal

    options.check_one_source(generator, queries)
    request = Request(
        **options.chosen_systems(arms, baselines),
        out=out,
        generator=generator,
        queries_file=queries,
        alpha=options.check_alpha_text(alpha),
        fusion=options.check_fusion(fusion),
        **options.chosen_languages(query_languages, languages),
        n=per_language,
        seed=seed,
        limit=limit,
        fold=options.check_fold(fold),
        measures=measures,
        device=device,
        dtype=dtype,
        passage_length=passage_length,
        query_length=query_length,
        aggregations=parse_aggregations(aggregations),
        reader=reading.reading_request(reader, read_top, reader_question, reader_dtype),
    )
    pool = load(benchmark, data=data, passage_language=passage_language)
    if seeds is None:
        comparison = compare(pool, encoder, request)
    else:
        from xqg.experiment.repeats import compare_seeds, parse_seeds

        comparison = compare_seeds(pool, encoder, request, parse_seeds(seeds))
    print(terminal(comparison))
    if latex:
        print(f"\n{paper_table(comparison)}")
    print(f"\nreport: {out / 'report.md'} and report.html")
