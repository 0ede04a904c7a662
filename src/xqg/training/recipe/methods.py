"""The ways of training a model of each kind: a recipe's class and the module that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.training.recipe.encoder import (
    ContrastiveRecipe,
    DistillationRecipe,
    MiniEncoderRecipe,
    SmallEncoderRecipe,
)
from xqg.training.recipe.generator import FinetuneGeneratorRecipe, MiniGeneratorRecipe
from xqg.training.recipe.reader import MiniReaderRecipe, ReaderRecipe

if TYPE_CHECKING:
    from xqg.training.run.how import How

__all__ = ["METHODS", "Method", "Recipe"]

Recipe = Any  # one of the classes below


@dataclass(frozen=True)
class Method:
    """One way of training.

    Attributes:
        recipe: the class of its recipe.
        module: has `train(recipe, out, how)`; imported when it is called, since it is heavy.
        resumes: whether it leaves checkpoints that `--resume` goes on from.
    """

    recipe: type
    module: str
    resumes: bool = True

    def train(self, recipe: Recipe, out: Path, how: How) -> None:
        """Train as the recipe says and write the model to `out`."""
        train: Callable[..., None] = import_module(self.module).train
        train(recipe, out, how) if self.resumes else train(recipe, out)


# The first is what a recipe without the key `method` is. A new method is a recipe's class, a module, a line.
METHODS: dict[str, dict[str, Method]] = {
    "encoder": {
        "contrastive": Method(ContrastiveRecipe, "xqg.training.encoder.contrastive"),
        "distillation": Method(DistillationRecipe, "xqg.training.encoder.distillation"),
        "small": Method(SmallEncoderRecipe, "xqg.training.encoder.small", resumes=False),
        "mini": Method(MiniEncoderRecipe, "xqg.training.encoder.mini", resumes=False),
    },
    "generator": {
        "finetune": Method(FinetuneGeneratorRecipe, "xqg.training.generator.finetune"),
        "mini": Method(MiniGeneratorRecipe, "xqg.training.generator.mini", resumes=False),
    },
    "reader": {
        "finetune": Method(ReaderRecipe, "xqg.training.reader.cross_fitted"),
        "mini": Method(MiniReaderRecipe, "xqg.training.reader.mini", resumes=False),
    },
}
