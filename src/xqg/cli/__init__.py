"""The command line, on top of everything else: one file per command, registered here.

Nothing heavy is imported before a command runs, so that `xqg --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from xqg.cli import (
    add,
    add_language,
    compact,
    compare,
    convert,
    demo,
    evaluate,
    export,
    generate,
    history,
    index,
    info,
    languages,
    plan,
    remove,
    report,
    reproduce,
    restore,
    retrieve,
    reweight,
    search,
    study,
    train,
    verify,
)
from xqg.cli.failures import run
from xqg.cli.quiet import prepare

__all__ = ["COMMANDS", "app", "main"]

# In the order of the help. A new command is a new file and one line here.
COMMANDS: dict[str, Callable[..., Any]] = {
    "demo": demo.command,
    "convert": convert.command,
    "generate": generate.command,
    "plan": plan.command,
    "index": index.command,
    "search": search.command,
    "retrieve": retrieve.command,
    "info": info.command,
    "add": add.command,
    "remove": remove.command,
    "add-language": add_language.command,
    "reweight": reweight.command,
    "compact": compact.command,
    "history": history.command,
    "restore": restore.command,
    "verify": verify.command,
    "export": export.command,
    "evaluate": evaluate.command,
    "languages": languages.command,
    "compare": compare.command,
    "study": study.command,
    "report": report.command,
    "reproduce": reproduce.command,
}

app = typer.Typer(
    name="xqg",
    add_completion=False,
    rich_markup_mode=None,  # plain help, and no framed errors
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(train.app, name="train")  # one command a kind of model


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
        print(context.get_help())


def main() -> None:
    """Run the command line and exit: 0, 2 after one line on stderr, 130 after Ctrl-C."""
    prepare()
    sys.exit(run(typer.main.get_command(app), sys.argv[1:]))
