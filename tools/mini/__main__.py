"""`python -m tools.mini KIND RECIPE.yaml --out MODEL`: make one of the mini models; every key of a recipe is a flag."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tools.mini.recipes import RECIPES, read
from xqg.errors import XqgError
from xqg.training.recipe.keys import keys_of, meaning


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says (None: that of the process).

    Returns:
        The exit code: 0, or 2 after an error, which is one line on stderr.
    """
    chosen = vars(_parser().parse_args(arguments))
    kind, recipe, out = chosen.pop("kind"), chosen.pop("recipe"), chosen.pop("out")
    try:
        made = read(recipe, kind, {name: value for name, value in chosen.items() if value is not None})
        import_module(f"tools.mini.{kind}").train(made, out)
    except XqgError as error:
        print(f"tools.mini: {error}", file=sys.stderr)
        return 2
    print(f"{out}: {kind} trained")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.mini", description="Make one of the mini models.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind, recipe in RECIPES.items():
        about = (recipe.__doc__ or "").rstrip(".")
        command = kinds.add_parser(kind, help=about, description=about, allow_abbrev=False)
        command.add_argument("recipe", type=Path, metavar="RECIPE.yaml")
        command.add_argument("--out", type=Path, required=True, help="folder of the model; one that is there is replaced")
        for name, field in keys_of(recipe).items():
            text = meaning(field).replace("%", "%%")
            command.add_argument(f"--{name.replace('_', '-')}", dest=name, metavar="VALUE", help=text)
    return parser


if __name__ == "__main__":
    sys.exit(main())
