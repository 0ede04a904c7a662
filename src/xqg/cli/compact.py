"""`xqg compact`: an index in fewer, larger files."""

from __future__ import annotations

from typing import Annotated

import typer

from xqg.cli import options

__all__ = ["command"]


def command(
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
    from xqg.cli.changing import report
    from xqg.index import StoredIndex
    from xqg.index.compact import compact_index
    from xqg.progress import changing
    from xqg.units import size

    before = StoredIndex.open(index)
    size_before = before.disk_bytes()["dataset"]
    with changing() as progress:
        after = compact_index(index, keep=keep, progress=progress)
    now = after.disk_bytes()["dataset"]
    what = f"{after.files:,} data file{'s' if after.files > 1 else ''}"
    sizes = f"{size(size_before)} before, {size(now)} now"
    print(f"{report(before, after, what)}; {sizes}")
