"""`xqg train`: an encoder, a generator or a reader from a recipe; every key of a recipe is a flag too."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from xqg.cli.command import Command, place
from xqg.training.recipe import METHODS
from xqg.training.recipe.keys import keys_of, meaning

__all__ = ["train"]

train = place(230)(
    typer.Typer(no_args_is_help=True, help="Train an encoder, a generator or a reader as a recipe says.")
)


def _command(kind: str) -> Callable[..., None]:
    """The command of a kind, with a flag for each key of each of its methods."""

    def command(
        recipe: Path, out: Path, resume: bool, plan: bool, device: str | None, **keys: str | None
    ) -> None:
        from xqg.door import train as trained

        given: dict[str, Any] = {name: value for name, value in keys.items() if value is not None}
        made = trained(recipe, out, kind=kind, resume=resume, plan=plan, device=device, **given)
        print(made if plan else f"{made}: {kind} trained")

    command.__signature__ = inspect.Signature(_parameters(kind))  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in _parameters(kind)}
    command.__doc__ = _help(kind)
    return command


def _parameters(kind: str) -> list[inspect.Parameter]:
    """What the command line offers: RECIPE.yaml, what is about running, and the recipe's keys."""

    def one(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)

    recipe = typer.Argument(metavar="RECIPE.yaml", help="The recipe.", show_default=False)
    found = [
        one("recipe", Annotated[Path, recipe]),
        one("out", Annotated[Path, typer.Option(help="Folder of the model; one that is there is replaced.")]),
        one(
            "resume",
            Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint of an interrupted training.")],
            False,
        ),
        one(
            "plan",
            Annotated[bool, typer.Option("--plan", help="Take a few steps and tell hours and memory of the whole.")],
            False,
        ),
        one("device", Annotated[str | None, typer.Option(help="cpu or cuda.  [default: a GPU where there is one]")], None),
        one(
            "method",
            Annotated[str | None, typer.Option(metavar="NAME", help=f"{', '.join(METHODS[kind])}.", show_default=False)],
            None,
        ),
    ]
    for name, (about, default) in _keys(kind).items():
        flag = f"--{name.replace('_', '-')}"
        option = typer.Option(flag, metavar="VALUE", help=f"{about}.{default}", show_default=False)
        found.append(one(name, Annotated[str | None, option], None))
    return found


def _keys(kind: str) -> dict[str, tuple[str, str]]:
    """Key → what it means and its default, over all methods of a kind; the first that has it explains it."""
    found: dict[str, tuple[str, str]] = {}
    for _, method in METHODS[kind].items():
        for name, field in keys_of(method.recipe).items():
            default = field.default
            plain = default not in ("", (), inspect.Parameter.empty) and isinstance(default, str | int | float)
            found.setdefault(name, (meaning(field), f"  [default: {default}]" if plain else ""))
    return found


def _help(kind: str) -> str:
    lines = [f"Train {'an' if kind == 'encoder' else 'a'} {kind} as a recipe says; flags win over its keys.", "", "Methods:"]
    for name, method in METHODS[kind].items():
        about = (method.recipe.__doc__ or "").splitlines()[0].rstrip(".")
        lines.append(f"{name}: {about[0].lower()}{about[1:]} ({', '.join(keys_of(method.recipe))}).")
        lines.append("")
    return "\n".join(lines)


for _kind in METHODS:
    train.command(_kind, cls=Command)(_command(_kind))
