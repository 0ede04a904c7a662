"""`xqg history`: the versions of an index."""

from __future__ import annotations

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["history"]


@place(140)
def history(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """List the versions of an index that `xqg restore` can go back to, oldest first."""
    from xqg.door import Index

    show(Index.open(index).history(), as_json)
