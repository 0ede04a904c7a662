"""`xqg compact`: an index in fewer, larger files."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["compact"]


@place(130)
def compact(
    index: options.IndexFolder,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Versions to keep, the latest; earlier ones are gone.  [default: all]"),
    ] = None,
) -> None:
    """Write an index into fewer files, and delete what interrupted changes left.

    Nothing that can be read changes. Versions in `xqg history` stay, unless --keep says otherwise:
    `--keep 1` is what takes removed passages off the disk.
    """
    from xqg.door import Index

    show(Index.open(index).compact(keep))
