"""`xqg train`: a model from a recipe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from xqg.errors import XqgError

__all__ = ["command"]


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="encoder, generator or reader.", show_default=False)],
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="The recipe.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder of the model; one that is there is replaced.")],
) -> None:
    """Train a model as a recipe says."""
    train = _trainer(kind, recipe)
    try:
        train(out)
    except ImportError as error:
        raise XqgError(f"training needs more packages ({error}); pip install 'xqg[train]'") from None
    print(f"{out}: {kind} trained")


def _trainer(kind: str, recipe: Path) -> Callable[[Path], None]:
    """The training with its recipe, which takes the folder to write."""
    from xqg.training.recipe import EncoderRecipe, GeneratorRecipe, ReaderRecipe, read_recipe

    if kind == "encoder":
        from xqg.training.encoder import train_encoder

        return partial(train_encoder, read_recipe(recipe, EncoderRecipe))
    if kind == "generator":
        from xqg.training.generator import train_generator

        return partial(train_generator, read_recipe(recipe, GeneratorRecipe))
    if kind == "reader":
        from xqg.training.reader import train_reader

        return partial(train_reader, read_recipe(recipe, ReaderRecipe))
    raise XqgError(f"unknown kind of model {kind!r}; train an encoder, a generator or a reader")
