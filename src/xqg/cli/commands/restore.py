"""`xqg restore`: an earlier version of an index is the latest again."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["restore"]


@place(150)
def restore(
    index: options.IndexFolder,
    version: Annotated[
        int,
        typer.Argument(min=1, metavar="VERSION", help="Number from `xqg history`.", show_default=False),
    ],
) -> None:
    """Make an earlier version of an index the latest one again, as a new version.

    The versions between stay in the history, so that this can be undone too.
    """
    from xqg.door import Index

    show(Index.open(index, lost_ok=True).restore(version))
