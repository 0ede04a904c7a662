"""What a way of training is: a recipe's class, and the module that does the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xqg.training.run.options import RunOptions

__all__ = ["Method", "Recipe"]

Recipe = Any  # an object of a method's class


@dataclass(frozen=True)
class Method:
    """One way of training; a new one is a new file in `encoder/`, `generator/` or `reader/` with one of these.

    Attributes:
        recipe: the class of its recipe: fields by `key`, and the method's name as `METHOD`.
        module: has `train(recipe, out, options)`; imported when it is called, since it is heavy.
        resumes: whether it leaves checkpoints that `--resume` goes on from.
    """

    recipe: type
    module: str
    resumes: bool = True

    def train(self, recipe: Recipe, out: Path, options: RunOptions) -> None:
        """Train as the recipe says and write the model to `out`."""
        train: Callable[..., None] = import_module(self.module).train
        train(recipe, out, options) if self.resumes else train(recipe, out)
