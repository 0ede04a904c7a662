"""`xqg export`: an index in the formats of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["export"]


@place(170)
def export(
    index: options.IndexFolder,
    to: Annotated[
        str,
        typer.Option(metavar="FORMAT", help="npy, faiss, beir or trec-queries.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Folder to make.", show_default=False)],
    alpha: Annotated[
        float | None,
        typer.Option(help="Weight of the generated queries in vectors, 0 to 1.  [default: the index's]"),
    ] = None,
    languages: Annotated[
        str | None,
        typer.Option(
            help="Generated queries that count in vectors, or are written: `ja,ru`.  [default: the index's weighting; "
            "all of them]"
        ),
    ] = None,
) -> None:
    """Write an index's vectors, or its passages and generated queries, for other programs.

    npy and faiss hold the vectors that a search compares; beir passages and queries, which
    `xqg index` reads back; trec-queries the queries, also as a file for `xqg index --queries`.
    """
    from xqg.door import Index

    show(Index.open(index).export(to, out, alpha=alpha, languages=languages))
