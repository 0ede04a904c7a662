"""What makes a function a command: its place in the help, and errors that name its flags."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from xqg.errors import XqgError

__all__ = ["LAST", "Command", "in_flags", "place", "place_of", "show"]

LAST = 1000  # the place of a command that names none
_NAME = re.compile(r"`([a-z][a-z0-9_]*)`")

Thing = TypeVar("Thing", bound=Any)


def place(number: int) -> Callable[[Thing], Thing]:
    """Give a command its place in the help; a group of commands (`typer.Typer`) too."""

    def mark(command: Thing) -> Thing:
        command.place = number
        return command

    return mark


def place_of(command: Any) -> int:
    """The place of a command in the help."""
    return int(getattr(command, "place", LAST))


class Command(TyperCommand):
    """A command whose errors name flags where the library names parameters: `per_language` → --per-language."""

    def invoke(self, ctx: Any) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except (XqgError, KeyboardInterrupt) as error:
            if error.args and isinstance(error.args[0], str):
                error.args = (in_flags(error.args[0], ctx), *error.args[1:])
            raise


def in_flags(message: str, context: typer.Context) -> str:
    """A message with the command's own parameters, in backticks, as the flags and arguments that they are."""
    flags = {parameter.name: _flag(parameter) for parameter in context.command.params}
    return _NAME.sub(lambda found: flags.get(found[1], found[0]), message)


def _flag(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper()).strip("[].")
    return str(max(parameter.opts, key=len))


def show(result: Any, as_json: bool = False) -> None:
    """Print what a command found: for people, or as JSON."""
    print(json.dumps(result.to_json(), ensure_ascii=False, indent=1) if as_json else result)
