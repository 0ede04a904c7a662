"""`xqg info`: what an index holds and what it costs."""

from __future__ import annotations

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["info"]


@place(80)
def info(index: options.IndexFolder, as_json: options.Json = False) -> None:
    """Show an index's models, settings, counts and size."""
    from xqg.door import Index

    show(Index.open(index).info(), as_json)
