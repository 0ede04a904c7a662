"""`xqg evaluate`: measures of a TREC run, as results.json and report.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options, reading
from xqg.cli.command import place

__all__ = ["command"]


@place(180)
def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="TREC run.", show_default=False)],
    benchmark: Annotated[str, typer.Option(help="Benchmark's name or BEIR folder.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder of the results to make.", show_default=False)],
    data: options.Data = None,
    measures: Annotated[
        str | None,
        typer.Option(
            help='Such as "nDCG@10 Answer@5".  [default: of "R@1 R@5 RR@10 Answer@1 Answer@5 R@2kt" those that '
            'apply, with --reader "EM F1" too]'
        ),
    ] = None,
    query_language: Annotated[
        str | None,
        typer.Option(help="Language of the run's questions; needed where parallel questions share ids."),
    ] = None,
    passage_language: options.PassageLanguage = None,
    fold: options.Fold = None,
    allow_missing: Annotated[
        bool,
        typer.Option("--allow-missing", help="Count questions that the run lacks as 0, not as an error."),
    ] = False,
    reader: reading.ReaderName = None,
    read_top: reading.ReadTop = None,
    reader_question: reading.ReaderQuestion = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
    as_json: options.Json = False,
) -> None:
    """Measure a run against a benchmark's judgements and answers.

    A run that lacks questions of a language it has is refused, for they would lower every number
    unseen; --allow-missing counts them 0. A language of which it has no question is left out.
    """
    arguments = {name: value for name, value in locals().items() if name != "as_json"}
    from xqg.experiment.evaluate import evaluate
    from xqg.experiment.report.evaluation import rows

    results = evaluate(**arguments)
    print(json.dumps(rows(results), ensure_ascii=False, indent=1) if as_json else results)
