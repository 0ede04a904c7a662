"""`xqg report`: the reports of a folder, made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli.command import place

__all__ = ["command"]


@place(215)
def command(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="What compare, evaluate, study or reproduce wrote.", show_default=False
        ),
    ],
    latex: Annotated[bool, typer.Option("--latex", help="Print the table for a paper as well.")] = False,
) -> None:
    """Make the reports of finished results anew, from their table alone; nothing is run."""
    from xqg.experiment.results import Results

    results = Results.load(folder)
    table = f"\n{results.to_latex()}" if latex else None  # refused before anything is written or printed
    results.write_reports(folder)
    print(results)
    if table is not None:
        print(table)
