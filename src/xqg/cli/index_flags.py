"""The flags that say what an index is made of, declared once: `index` and `plan` have all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from xqg.cli import options

__all__ = ["SkipBad", "takes_index_flags"]

SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out bad rows and passages, and list them in a .bad.jsonl file.")
]


def index_flags(
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    languages: Annotated[
        str | None, typer.Option(help="Languages to generate in (`ja,ru`), or to take from the file.")
    ] = None,
    per_language: Annotated[
        int | None, typer.Option(min=1, help="Queries to generate per passage and language.  [default: 5]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling.  [default: 0]")] = None,
    alpha: Annotated[float, typer.Option(help="Weight of the generated queries, 0 to 1.")] = 0.01,
    fusion: options.FusionName = None,
    filters: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="FILTERS",
            help="Generated queries that count: `language,round-trip:10,best:0.7`.",
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="FACTORY", help="Faiss engine of the stored weighting: Flat, IVF4096,SQfp16, …")
    ] = "Flat",
    vectors: Annotated[
        Path | None, typer.Option(help="Passage vectors that are there already (.npy); needs --ids.")
    ] = None,
    ids: Annotated[
        Path | None, typer.Option("--ids", help="Passage ids of the rows of --vectors, one a line.")
    ] = None,
    skip_bad: SkipBad = False,
    no_language_report: Annotated[
        bool, typer.Option("--no-language-report", help="Do not count generated queries in a wrong language.")
    ] = False,
    passage_language: options.PassageLanguage = None,
    passage_length: options.PassageLength = None,
    query_length: options.QueryLength = None,
    data: options.Data = None,
    block_size: options.BlockSize = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Never called: its signature is what `takes_index_flags` adds to a command."""


def takes_index_flags(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the flags of `index_flags` in place of its `**` parameter: keyword arguments of the door."""
    own = _parameters(command)
    first = [one for one in own if one.kind is one.POSITIONAL_OR_KEYWORD]
    last = [one for one in own if one.kind is one.KEYWORD_ONLY]
    parameters = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in [*first, *_parameters(index_flags), *last]
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        given["language_report"] = not given.pop("no_language_report")
        command(**given)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Of a function, with annotations that are no texts."""
    hints = get_type_hints(function, include_extras=True)
    return [one.replace(annotation=hints[one.name]) for one in inspect.signature(function).parameters.values()]
