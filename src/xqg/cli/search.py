"""`xqg search`: the best passages for one question."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xqg.cli import options
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.search import Hit

__all__ = ["command"]

SNIPPET = 160  # characters


def command(
    index: options.IndexFolder,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question.", show_default=False)],
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
    from xqg.cli.asking import open_searcher

    if not text.strip():
        raise XqgError("the question is empty; give it a text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise XqgError("the question is not valid UTF-8; check the terminal's character set") from None
    asked = [query_language] if query_language is not None else []
    searcher, chosen = open_searcher(index, alpha, languages, asked, device, dtype, engine, where)
    [hits] = searcher.search(
        [text],
        k,
        alpha=alpha,
        languages=chosen,
        query_languages=[query_language] if asked else None,
        where=where,
        hybrid=hybrid,
    )
    if as_json:
        rows = [_row(hit, bool(searcher.index.fields)) for hit in hits]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        _table(hits)
    else:
        for hit in hits:
            print("\t".join(_cells(hit)))


def _row(hit: Hit, with_fields: bool) -> dict[str, Any]:
    """A hit as JSON; fields are in an object of their own, as one may be called `rank`."""
    import numpy as np

    passage = hit.passage
    row = {
        "rank": hit.rank,
        "score": float(str(np.float32(hit.score))),  # the digits that a TREC run has
        "id": passage.id,
        "title": passage.title,
        "text": passage.text,
        "language": passage.language,
    }
    return {**row, "fields": dict(passage.fields)} if with_fields else row


def _cells(hit: Hit) -> list[str]:
    passage = hit.passage
    title, text = (" ".join(part.split()) for part in (passage.title, passage.text))
    snippet = text if len(text) <= SNIPPET else text[: SNIPPET - 1] + "…"
    return [str(hit.rank), f"{hit.score:.4f}", passage.id, title, snippet]


def _table(hits: Sequence[Hit]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("rank", "score", "id", "title", "text"):
        table.add_column(
            name, justify="right" if name in ("rank", "score") else "left", no_wrap=name != "text"
        )
    for hit in hits:
        table.add_row(*(Text(cell) for cell in _cells(hit)))  # not markup: a text may hold [brackets]
    Console().print(table)
