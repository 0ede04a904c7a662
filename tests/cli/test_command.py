"""What makes a function a command: flags in messages, and the flags of `index` and `plan`."""

from __future__ import annotations

import inspect
from typing import Annotated

import pytest
import typer

from xqg.cli import COMMANDS
from xqg.cli.command import Command, place, place_of
from xqg.cli.failures import run
from xqg.errors import XqgError

MESSAGE = "`per_language` and `filters` and `ids`: `k` is `tuned`, not `nothing`; see `xqg index --help`"
IN_FLAGS = "--per-language and --filter and IDS: -k is `tuned`, not `nothing`; see `xqg index --help`"


@pytest.mark.parametrize("error", [XqgError(MESSAGE), KeyboardInterrupt(MESSAGE)])
def test_messages_name_flags(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()

    @app.command(cls=Command)
    def command(
        ids: Annotated[list[str] | None, typer.Argument(metavar="[IDS]...")] = None,
        per_language: int = 5,
        filters: Annotated[str, typer.Option("--filter")] = "",
        k: Annotated[int, typer.Option("-k")] = 1,
    ) -> None:
        raise error

    assert run(typer.main.get_command(app), []) in (2, 130)
    assert capsys.readouterr().err == f"xqg: error: {IN_FLAGS}\n"


def test_every_command_of_xqg_has_a_place_of_its_own() -> None:
    places = [place_of(command) for _, command in COMMANDS.items()]
    assert len(set(places)) == len(places)
    assert max(places) < place_of(object())
    assert place_of(place(3)(lambda: None)) == 3


@pytest.mark.parametrize(("name", "own"), [("index", {"passages", "out"}), ("plan", {"passages", "sample", "as_json"})])
def test_flags_are_the_settings_of_the_door(name: str, own: set[str]) -> None:
    """Every keyword argument of `Index.build` is a flag, with the same default."""
    from xqg.door.blueprint import Blueprint

    flags = {
        one.name: one.default for one in inspect.signature(COMMANDS[name]).parameters.values() if one.name not in own
    }
    flags["language_report"] = not flags.pop("no_language_report")
    taken = {
        one.name: one.default
        for one in inspect.signature(Blueprint).parameters.values()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert flags == taken
