"""The command line, on top of everything else: each command parses, calls the door, and prints.

A command is a file in `commands/`, found by its name; other packages add theirs through entry points of
the group `xqg.commands`. Nothing heavy is imported before a command runs, so that `xqg --help` answers
at once.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from xqg.cli.command import Command, place_of
from xqg.cli.failures import run
from xqg.cli.quiet import prepare
from xqg.errors import XqgError
from xqg.registry import Registry

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: Registry[Callable[..., Any] | typer.Typer] = Registry("command", "xqg.cli.commands", group="xqg.commands")

FIRST = """\
xqg finds passages in one language for questions in another. To begin:

  xqg demo                                                    all of it once, offline, with the models that come along
  xqg index passages.jsonl --encoder minilm --out my-index    index passages of your own (lines of _id, title, text)
  xqg search my-index "Mikä on Suomen valuutta?"              find the best of them for a question
  xqg index --help                                            what a command takes
"""

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="xqg",
    rich_markup_mode=None,  # plain help, and no framed errors
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _add_commands() -> list[str]:
    """Add all commands, in the order of their places.

    Returns:
        What is wrong with other packages' commands that cannot be imported, and are left out.
    """
    found, wrong = {}, []
    for name in COMMANDS:
        try:
            found[name] = COMMANDS[name]
        except XqgError as error:
            wrong.append(str(error))
    for name, command in sorted(found.items(), key=lambda one: (place_of(one[1]), one[0])):
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, cls=Command)(command)
    return wrong


_wrong = _add_commands()


def _version(wanted: bool) -> None:
    if wanted:
        from xqg import __version__

        print(f"xqg {__version__}")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Cross-lingual dense retrieval with generated queries: index, search, and an honest comparison."""
    if context.invoked_subcommand is None:
        print(FIRST)
        print(context.get_help())


def main() -> None:
    """Run the command line and exit: 0, 2 after one line on stderr, 130 after Ctrl-C."""
    prepare()
    for line in _wrong:
        logger.warning("%s", line)
    if "_XQG_COMPLETE" in os.environ:  # a shell asks what a half-written command line may go on with
        app(prog_name="xqg")
    sys.exit(run(typer.main.get_command(app), sys.argv[1:]))
