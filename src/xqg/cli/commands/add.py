"""`xqg add`: passages into an index that is there."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.cli.index_flags import SkipBad

__all__ = ["add"]


@place(90)
def add(
    index: options.IndexFolder,
    passages: options.Passages,
    queries: options.QueriesFile = None,
    no_queries: Annotated[
        bool, typer.Option("--no-queries", help="Add them without generated queries.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Passages whose ids the index holds take their place.")
    ] = False,
    skip_bad: SkipBad = False,
    passage_language: options.PassageLanguage = None,
    data: options.Data = None,
    device: options.Device = None,
) -> None:
    """Add passages to an index, with queries of its own generator or of a file.

    One new version; what is there is not touched. After an interruption the same command goes on.
    """
    from xqg.door import Index

    show(
        Index.open(index, device=device).add(
            passages,
            queries=queries,
            no_queries=no_queries,
            replace=replace,
            skip_bad=skip_bad,
            passage_language=passage_language,
            data=data,
        )
    )
