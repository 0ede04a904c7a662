"""`xqg search`: the best passages for one question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.errors import XqgError

__all__ = ["search"]


@place(60)
def search(
    index: options.IndexFolder,
    questions: Annotated[str, typer.Argument(metavar="TEXT", help="The question.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, help="Passages to show.")] = 10,
    alpha: options.SearchAlpha = None,
    languages: options.SearchLanguages = None,
    query_language: Annotated[
        str | None, typer.Option(help="The question's language, for `auto`.  [default: detected]")
    ] = None,
    as_json: options.Json = False,
    where: options.Where = None,
    hybrid: options.Hybrid = False,
    engine: options.SearchEngine = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Search an index with one question."""
    from xqg.door import Index

    try:
        questions.encode()
    except UnicodeEncodeError:
        raise XqgError("the question is not valid UTF-8; check the terminal's character set") from None
    hits = Index.open(index, device=device, dtype=dtype).search(
        questions,
        k,
        alpha=alpha,
        languages=languages,
        query_language=query_language,
        where=where,
        hybrid=hybrid,
        engine=engine,
    )
    if as_json:
        show(hits, as_json)
    elif sys.stdout.isatty():
        _print_table(hits.table())
    else:
        for row in hits.table():
            print("\t".join(row))


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("rank", "score", "id", "title", "text"):
        table.add_column(
            name, justify="right" if name in ("rank", "score") else "left", no_wrap=name != "text"
        )
    for row in rows:
        table.add_row(*map(Text, row))  # not markup: a text may hold [brackets]
    Console().print(table)
