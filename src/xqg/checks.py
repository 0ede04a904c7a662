"""Arguments from Python, checked before anything is loaded or written.

A message names the argument in backticks, its value, and what to give instead.
"""

from __future__ import annotations

import os
import tempfile
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar

from xqg.errors import XqgError

__all__ = [
    "check_flags",
    "check_new_file",
    "check_texts",
    "checked_choice",
    "checked_path",
    "checked_text",
    "checked_whole",
]

Choice = TypeVar("Choice", bound=str)


def checked_whole(name: str, value: Any, least: int | None = 1) -> int:
    """A whole number; `least`: the smallest there may be.

    Raises:
        XqgError: something else, or a smaller one.
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and (least is None or int(value) >= least):
        return int(value)
    of = "" if least is None else f" from {least} on"
    raise XqgError(
        f"`{name}` is {value!r}; give a whole number{of}, such as {5 if least is None else least + 4}"
    )


def checked_choice(name: str, value: Any, choices: tuple[Choice, ...]) -> Choice:
    """One of some texts.

    Raises:
        XqgError: something else.
    """
    for choice in choices:
        if choice == value:
            return choice
    raise XqgError(f"unknown {name} {value!r}; use one of {', '.join(choices)}")


def checked_path(name: str, value: Any) -> Path:
    """A path, from a text or path-like object.

    Raises:
        XqgError: something else.
    """
    if isinstance(value, str | os.PathLike):
        return Path(value)
    raise XqgError(f"`{name}` is {value!r}; give a path")


def checked_text(name: str, value: Any, example: str) -> str:
    """A text.

    Raises:
        XqgError: something else.
    """
    if isinstance(value, str):
        return value
    raise XqgError(f"`{name}` is {value!r}; give a text such as {example!r}")


def check_texts(**texts: tuple[Any, str]) -> None:
    """Raise XqgError unless each is a text or None; with each comes an example."""
    for name, (value, example) in texts.items():
        if value is not None:
            checked_text(name, value, example)


def check_flags(**flags: Any) -> None:
    """Raise XqgError unless each is True or False."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise XqgError(f"`{name}` is {value!r}; give True or False")


def check_new_file(out: Path) -> None:
    """Raise XqgError unless `out` can be made as a file: hours of work must not end there."""
    if out.exists() or out.is_symlink():
        raise XqgError(f"{out}: already there; choose another `out` or delete it")
    parent = out.absolute().parent
    if not parent.is_dir():
        raise XqgError(f"{out}: the folder {parent} does not exist; create it first")
    try:  # permissions do not say it all: root, read-only file systems
        tempfile.TemporaryFile(dir=parent).close()
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
