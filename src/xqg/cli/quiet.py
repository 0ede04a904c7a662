"""What reaches the terminal: xqg's own warnings, one clean line each, and no library's chatter."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import TextIO

__all__ = ["prepare"]


class _Lines(logging.Handler):
    """Prints `xqg: warning: …` to the stderr of the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        message = " ".join(record.getMessage().split()).removeprefix("warning: ")
        print(f"xqg: {record.levelname.lower()}: {message}", file=sys.stderr)


def prepare() -> None:
    """Set up logging and silence libraries, before they are imported; a user's own settings stay."""
    logger = logging.getLogger("xqg")
    if not any(isinstance(handler, _Lines) for handler in logger.handlers):
        logger.addHandler(_Lines())
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    logging.getLogger().setLevel(logging.ERROR)
    for name in ("TRANSFORMERS_VERBOSITY", "HF_HUB_VERBOSITY", "DATASETS_VERBOSITY", "LANCE_LOG"):
        os.environ.setdefault(name, "error")
    if not sys.stderr.isatty():  # in a terminal the bar of a long download is welcome
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        _make_safe(stream)


def _make_safe(stream: TextIO) -> None:
    """Print what a terminal's character set lacks as an escape: no result is lost over it."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
