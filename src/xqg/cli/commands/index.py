"""`xqg index`: passages and their generated queries to an index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.cli.index_flags import takes_index_flags

__all__ = ["index"]


@place(50)
@takes_index_flags
def index(
    passages: options.Passages,
    encoder: options.EncoderName,
    out: Annotated[Path, typer.Option(help="Folder of the index to make.", show_default=False)],
    **flags: Any,
) -> None:
    """Make an index of passages, with generated queries or without.

    What an interrupted run did is kept in OUT.parts; the same command goes on there.
    """
    from xqg.door import Index

    show(Index.build(out, passages, encoder=encoder, **flags).last_change)
