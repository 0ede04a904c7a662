"""`xqg restore`: an earlier version of an index is the latest again."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options

__all__ = ["command"]


def command(
    index: options.IndexFolder,
    version: Annotated[
        int,
        typer.Argument(min=1, metavar="VERSION", help="Number from `xqg history`.", show_default=False),
    ],
) -> None:
    """Make an earlier version of an index the latest one again, as a new version.

    The versions between stay in the history, so that this can be undone too.
    """
    from xqg.cli.changing import report
    from xqg.index import StoredIndex
    from xqg.index.history import restore_index

    before = StoredIndex.open(index)
    after = restore_index(index, version)
    print(report(before, after, f"as version {after.message.get('restored', after.version)} was"))
