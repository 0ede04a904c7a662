"""`xqg compare`: the arms on one benchmark, with controls and significance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options

__all__ = ["command"]

_MEASURES = "R@1 R@5 RR@10 Answer@1 Answer@5 R@2kt"


def command(
    benchmark: Annotated[
        str, typer.Argument(metavar="BENCHMARK", help="atlas, xquad, or a BEIR folder.", show_default=False)
    ],
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder for results, runs and report.", show_default=False)],
    generator: options.GeneratorName = None,
    queries: options.QueriesFile = None,
    data: options.Data = None,
    arms: Annotated[str, typer.Option(help="Arms to compare.")] = "none,mono,target-n,cross",
    passage_language: options.PassageLanguage = "en",
    query_languages: Annotated[str, typer.Option(help="Question languages: `ja,ru`, or all.")] = "all",
    languages: Annotated[
        str | None,
        typer.Option(help="Target languages.  [default: the question languages but the passages']"),
    ] = None,
    per_language: Annotated[
        int | None,
        typer.Option(min=1, help="Queries per target language.  [default: 5, or as --queries has]"),
    ] = None,
    alpha: Annotated[str, typer.Option(help="Weight of the generated queries, 0 to 1, or `tuned`.")] = "0.01",
    fusion: options.FusionName = None,
    measures: Annotated[
        str | None, typer.Option(help=f'Measures.  [default: "{_MEASURES}", as far as they apply]')
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first N questions per language.")
    ] = None,
    device: options.Device = None,
    dtype: options.Dtype = "float32",
) -> None:
    """Compare arms: which generated queries help retrieval, and by how much.

    Writes results.json, report.md, runs/ and variants/ to OUT. An interrupted comparison goes on
    where it stopped.
    """
    from xqg.benchmarks import load
    from xqg.comparison import Request, compare
    from xqg.comparison.arms import parse_arms
    from xqg.comparison.report import terminal
    from xqg.errors import XqgError
    from xqg.passages import parse_languages

    if generator is not None and queries is not None:
        raise XqgError("--generator and --queries exclude each other; give one of them")
    request = Request(
        arms=parse_arms(arms),
        out=out,
        generator=generator,
        queries_file=queries,
        alpha=_alpha(alpha),
        fusion=options.check_fusion(fusion),
        targets=None if languages is None else tuple(parse_languages(languages)),
        query_languages=None if query_languages == "all" else tuple(parse_languages(query_languages)),
        n=per_language,
        seed=seed,
        limit=limit,
        measures=measures,
        device=device,
        dtype=dtype,
    )
    comparison = compare(load(benchmark, data=data, passage_language=passage_language), encoder, request)
    print(terminal(comparison))
    print(f"\nreport: {out / 'report.md'}")


def _alpha(text: str) -> float | None:
    """α, or None for `tuned`."""
    from xqg.augmentation import check_alpha
    from xqg.errors import XqgError

    if text == "tuned":
        return None
    try:
        return check_alpha(float(text))
    except ValueError:
        raise XqgError(f"alpha is {text!r}; give a number from 0 to 1, or `tuned`") from None
