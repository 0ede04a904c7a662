"""How the command line ends what is done: its exit code and what it prints."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import typer

from xqg.cli.failures import run

__all__ = ["ended", "fault"]


def ended(do: Callable[[], Any]) -> tuple[int, str]:
    """Exit code and stderr of a command that does this."""
    app = typer.Typer()
    app.command()(lambda: do() and None)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        code = run(typer.main.get_command(app), [])
    return code, errors.getvalue()


def fault(code: int, printed: str) -> str | None:
    """What is wrong with the way a command that failed has ended; None: nothing."""
    if code != 2:
        return f"exit code {code}"
    if not (printed.startswith("xqg: error: ") and printed.endswith("\n") and printed.count("\n") == 1):
        return f"not one line: {printed!r}"
    if "unexpected" in printed or "Traceback" in printed or "; " not in printed:
        return f"no remedy: {printed!r}"
    return None
