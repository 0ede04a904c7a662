"""`xqg upgrade`: an index of an earlier format is converted."""

from __future__ import annotations

from xqg.cli import options
from xqg.cli.command import place, show

__all__ = ["upgrade"]


@place(155)
def upgrade(index: options.IndexFolder) -> None:
    """Convert an index that an earlier xqg made (format 2), without encoding anything.

    Versions before this one stay in `xqg history`, but one cannot go back to them.
    """
    from xqg.door import Index

    show(Index.upgrade(index).last_change)
