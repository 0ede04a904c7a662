"""`xqg plan`: what an index will cost in time and on the disk, from a timed sample."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.cli.index_flags import takes_index_flags

__all__ = ["plan"]


@place(40)
@takes_index_flags
def plan(
    passages: options.Passages,
    encoder: options.EncoderName,
    *,
    sample: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Time to spend on the sample.")] = 60,
    as_json: options.Json = False,
    **flags: Any,
) -> None:
    """Predict the hours, the disk and the queries of `xqg index` with the same flags.

    A sample of the passages is indexed, with the models and on the device named, and thrown away.
    """
    from xqg.door import Index

    show(Index.plan(passages, sample=sample, encoder=encoder, **flags), as_json)
