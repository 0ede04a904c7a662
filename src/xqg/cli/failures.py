"""How a command ends: every error is one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer

from xqg.errors import XqgError
from xqg.progress import bars

__all__ = ["run"]

FAILED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells count
# typer carries its own click and exports BadParameter only; its base is every wrong use of a command.
_UsageError: Any = typer.BadParameter.__mro__[1]
_REMEDIES = {
    errno.ENOSPC: "free space, or use a folder elsewhere",
    errno.EDQUOT: "free space, or use a folder elsewhere",
    errno.EACCES: "check its permissions, or use a folder elsewhere",
    errno.EPERM: "check its permissions, or use a folder elsewhere",
    errno.EROFS: "make it writable, or use a folder elsewhere",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
}


def run(command: Any, arguments: Sequence[str]) -> int:
    """Run a typer command with its arguments.

    XQG_DEBUG=1 in the environment prints the traceback of an unexpected error before its line.

    Returns:
        The exit code: 0, 2 after an error, 130 after Ctrl-C.
    """
    # typer's own main() would end in framed messages and other codes.
    try:
        with bars(True), command.make_context("xqg", list(arguments)) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    except SystemExit as end:  # typer's own, once completion is installed
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt as stop:
        _say(str(stop) or "interrupted; the same command goes on where it stopped")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`) has enough. Python would complain when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # also bugs: a user gets a line, XQG_DEBUG=1 the rest
        _say(_message(error))
        return FAILED
    return 0


def _message(error: Exception) -> str:
    if isinstance(error, XqgError):
        return str(error)
    if isinstance(error, _UsageError):
        return _usage(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's
        return "out of memory; use another --device, a smaller --block-size or a smaller --passage-length"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, "check the path and the disk")
        return f"{where}{error.strerror}; {remedy}"
    if os.environ.get("XQG_DEBUG"):
        traceback.print_exception(error)
    return f"unexpected {type(error).__name__} ({error}); run it with XQG_DEBUG=1 and report what that prints"


def _usage(error: Any) -> str:
    """click's message, in this program's style: `no such option: --foo; see xqg index --help`."""
    message = error.format_message().strip().rstrip(".")
    path = error.ctx.command_path if error.ctx is not None else "xqg"
    return f"{message[:1].lower()}{message[1:]}; see {path} --help"


def _say(message: str) -> None:
    line = " ".join(part.strip() for part in message.splitlines() if part.strip())
    print(f"xqg: error: {line}", file=sys.stderr)
