"""Flags of a reader of the top passages."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["ReadTop", "ReaderDtype", "ReaderName", "ReaderQuestion"]

ReaderName = Annotated[
    str | None,
    typer.Option(metavar="MODEL", help="Reader of the top passages, for EM and F1: folder, hub id, or mini."),
]
ReadTop = Annotated[int | None, typer.Option(min=1, help="Passages read for each question.  [default: 5]")]
ReaderQuestion = Annotated[
    str | None,
    typer.Option(
        metavar="FORM",
        help="What the reader is given: the question as `asked`, or the `parallel` one in the passages' "
        "language.  [default: asked; compare: as the reader's languages are]",
    ),
]
ReaderDtype = Annotated[str, typer.Option(metavar="TYPE", help="As --dtype, for the reader; auto: float32.")]
