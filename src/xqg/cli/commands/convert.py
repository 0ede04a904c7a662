"""`xqg convert`: a generator in its fast form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xqg.cli.command import place

__all__ = ["convert"]


@place(20)
def convert(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="Generator: folder, hub id, or mini.", show_default=False),
    ],
    languages: Annotated[str, typer.Option(help="Languages to write in: `ja,ru`.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder to make.", show_default=False)],
    quantization: Annotated[
        str,
        typer.Option(metavar="TYPE", help="int8, or float32: larger and slower, and nothing is rounded."),
    ] = "int8",
) -> None:
    """Make the fast form of a generator, for processors: each language in its own scripts.

    For T5, mT5 and UMT5. Give OUT as --generator then; or make it as MODEL/converted, where
    it is found by itself when MODEL is named.
    """
    from xqg.door import convert as converted

    made = converted(model, languages, out, quantization=quantization)
    pieces = ", ".join(f"{code} ({count} pieces)" for code, count in made["languages"].items())
    check = made["check"]
    print(f"{out}: {model} in {quantization} for {pieces}")
    print(
        f"ln P of {check['texts']} texts differs from the original's by {check['mean']} per piece on average, "
        f"{check['largest']} at most"
    )
