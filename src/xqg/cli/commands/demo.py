"""`xqg demo`: everything once, offline: a comparison on atlas and an index to search."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from xqg.cli.command import place

__all__ = ["command"]

_QUESTIONS = ("フィンランドの通貨は何ですか？", "Mikä on alueen Japani virallinen kieli?")


@place(10)
def command(
    out: Annotated[Path, typer.Option(help="Folder for the comparison and the index.")] = Path("demo"),
) -> None:
    """Compare the arms on atlas with the mini models, print the table, leave an index to search.

    No download: atlas is made from Unicode CLDR, and the mini models come with the package.
    """
    from xqg.experiment.demo import demo

    print(demo(out))
    print(f"\nreport: {out / 'comparison' / 'report.md'}")
    print("An index of the same passages and queries is ready. Search it:")
    # As this program was called: `make demo` calls it by its path in .venv.
    program = sys.argv[0] if sys.argv[0].startswith(".") else "xqg"
    for text in _QUESTIONS:
        print(f'  {program} search {out / "index"} "{text}"')
