"""`xqg demo`: everything once, offline: a comparison on atlas and an index to search."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xqg.cli.command import place

if TYPE_CHECKING:
    from xqg.experiment import Comparison

__all__ = ["command"]

_QUESTIONS = ("フィンランドの通貨は何ですか？", "Mikä on alueen Japani virallinen kieli?")


@place(10)
def command(
    out: Annotated[Path, typer.Option(help="Folder for the comparison and the index.")] = Path("demo"),
) -> None:
    """Compare the arms on atlas with the mini models, print the table, leave an index to search.

    No download: atlas is made from Unicode CLDR, and the mini models come with the package.
    """
    from xqg.benchmarks import load
    from xqg.experiment import Request, compare
    from xqg.experiment.arms import parse_arms
    from xqg.experiment.report import terminal

    request = Request(
        arms=parse_arms("none,mono,target-n,cross"),
        out=out / "comparison",
        generator="mini",
        alpha=None,
        n=1,
    )
    comparison = compare(load("atlas"), "mini", request)
    print(terminal(comparison))
    index = out / "index"
    _build(comparison, out / "comparison" / "queries", index)
    print(f"\nreport: {out / 'comparison' / 'report.md'}")
    print("An index of the same passages and queries is ready. Search it:")
    for text in _QUESTIONS:
        print(f'  {_program()} search {index} "{text}"')


def _program() -> str:
    """This program as it was called: `make demo` calls it by its path in .venv."""
    return sys.argv[0] if sys.argv[0].startswith(".") else "xqg"


def _build(comparison: Comparison, queries: Path, out: Path) -> None:
    """An index with the comparison's passages, cross-lingual queries and tuned α."""
    from xqg.encoding import load_encoder
    from xqg.index import Generation, GivenQueries, build_index
    from xqg.queries import queries_by_language, read_queries

    settings = comparison.settings
    generated = []
    for language in settings["target_languages"]["en"]:
        generated += read_queries(queries / f"{language}.jsonl")
    shutil.rmtree(out, ignore_errors=True)  # the demo's own, from an earlier run
    generation = Generation(
        generators=(settings["generator"]["name"],),
        fingerprint=settings["generator"]["fingerprint"],
        prompt=settings["generator"]["prompt"],
        seed=settings["seed"],
        per_language=settings["per_language"],
    )
    build_index(
        comparison.benchmark.passages,
        load_encoder(settings["encoder"]["name"]),
        out,
        queries=GivenQueries(queries_by_language(generated), generation),
        alpha=comparison.outcomes[0].tuned["cross"].by_fold[0],
        fusion=settings["fusion"],
    )
