"""`xqg add-language`: generated queries in further languages for every passage of an index."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["add_language"]


@place(110)
def add_language(
    index: options.IndexFolder,
    languages: Annotated[
        str, typer.Argument(metavar="LANGUAGES", help="Languages to add: `th` or `th,sw`.", show_default=False)
    ],
    queries: options.QueriesFile = None,
    generator: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Generator.  [default: the one of the index's other queries]"),
    ] = None,
    per_language: Annotated[
        int | None, typer.Option(min=1, help="Queries per passage.  [default: as the others, or 5]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sampling.  [default: as the others]")] = None,
    device: options.Device = None,
) -> None:
    """Add generated queries in further languages to an index; they count in searches from then on.

    Only new columns are written, in one new version. After an interruption the same command goes on.
    """
    from xqg.door import Index

    opened = Index.open(index, device=device)
    show(opened.add_language(languages, queries=queries, generator=generator, per_language=per_language, seed=seed))
