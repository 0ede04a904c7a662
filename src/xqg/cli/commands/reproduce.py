"""`xqg reproduce`: a published table from its recipe, expected beside got."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place

__all__ = ["command"]


@place(220)
def command(
    recipe: Annotated[
        Path,
        typer.Argument(metavar="RECIPE.yaml", help="Such as recipes/xqg-xor-tydi.yaml.", show_default=False),
    ],
    data: options.Data = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="The first so many passages, and questions per language, only."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of index, runs and results.  [default: the recipe's name, and the limit]"),
    ] = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Rebuild a published table and print its figures beside those expected.

    An interrupted run keeps what it made in OUT; the same command goes on there. The recipe of xQG's
    table has not been run at full size by xqg's authors.
    """
    from xqg.experiment.reproduce import reproduce

    results = reproduce(recipe, data=data, limit=limit, out=out, device=device, dtype=dtype)
    print(results)
    folder = out or Path(recipe.stem if limit is None else f"{recipe.stem}-limit-{limit}")
    print(f"{folder}: results.json, report.md, {'runs/' if (folder / 'runs').is_dir() else 'comparison/'}")
