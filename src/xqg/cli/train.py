"""`xqg train`: a model from a recipe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from xqg.errors import XqgError

__all__ = ["command"]


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="encoder or generator.", show_default=False)],
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="The recipe.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder of the model; one that is there is replaced.")],
) -> None:
    """Train a model as a recipe says."""
    trained = _trainer(kind, recipe)
    with replaced(out) as folder:
        try:
            trained(folder)
        except ImportError as error:
            raise XqgError(f"training needs more packages ({error}); pip install 'xqg[train]'") from None
    print(f"{out}: {kind} trained")


def _trainer(kind: str, recipe: Path) -> Callable[[Path], None]:
    """The training with its recipe, which takes the folder to fill."""
    from xqg.training.recipe import EncoderRecipe, GeneratorRecipe, read_recipe

    if kind == "encoder":
        from xqg.training.encoder import train_encoder

        return partial(train_encoder, read_recipe(recipe, EncoderRecipe))
    if kind == "generator":
        from xqg.training.generator import train_generator

        return partial(train_generator, read_recipe(recipe, GeneratorRecipe))
    if kind == "reader":
        raise XqgError("training a reader is not in this version; train an encoder or a generator")
    raise XqgError(f"unknown kind of model {kind!r}; train an encoder or a generator")


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """Yield a folder beside `out` that takes its place if the block succeeds.

    Raises:
        XqgError: `out` is a file or a folder of something else than a model, or cannot be made.
    """
    out = out.absolute()
    _check(out)
    # The process id keeps two trainings apart; the last one to end wins.
    folder = out.with_name(f".{out.name}.{os.getpid()}.partial")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    try:
        folder.mkdir()
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another --out") from None
    try:
        yield folder
        _check(out)
        if out.exists():
            os.replace(out, old)
        try:
            os.replace(folder, out)
        except OSError:
            if old.exists():
                os.replace(old, out)
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _check(out: Path) -> None:
    """A mistyped --out must not cost anyone's files: only a model is replaced."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise XqgError(f"{out}: is a file or a link; choose another --out or delete it")
    model = any((out / name).is_file() for name in ("config.json", "modules.json"))
    if out.is_dir() and any(out.iterdir()) and not model:
        raise XqgError(f"{out}: holds files that are no model's; choose another --out or delete it")
    if not out.parent.is_dir():
        raise XqgError(f"{out}: the folder {out.parent} does not exist; create it first")
