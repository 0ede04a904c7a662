"""`xqg remove`: passages out of an index."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from xqg.cli import options
from xqg.cli.command import place, show
from xqg.errors import XqgError

__all__ = ["remove"]


@place(100)
def remove(
    index: options.IndexFolder,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[IDS]...", help="Passage ids.", show_default=False)
    ] = None,
    ids_from: Annotated[
        Path | None, typer.Option(help="File with one id a line; - is the standard input.")
    ] = None,
    missing_ok: Annotated[
        bool, typer.Option("--missing-ok", help="Pass over ids that the index does not hold.")
    ] = False,
) -> None:
    """Remove passages from an index by id.

    One new version. The passages stay in the versions before it (`xqg history`) until
    `xqg compact --keep 1` drops those.
    """
    from xqg.door import Index

    wanted = [*(ids or ()), *(_lines(ids_from) if ids_from is not None else ())]
    if not wanted:
        raise XqgError("no id to remove; give ids, or a file of them (`ids_from`)")
    show(Index.open(index).remove(wanted, missing_ok=missing_ok))


def _lines(path: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise XqgError(f"{path}: no such file; give a file with one passage id a line") from None
    except IsADirectoryError:
        raise XqgError(f"{path}: is a folder; give a file with one passage id a line") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise XqgError(f"{path}:{line}: not UTF-8; convert the file to UTF-8") from None
    return [line.strip() for line in text.splitlines() if line.strip()]
