"""Recipes: what a training run depends on, one class a method, read from YAML and flags."""

from xqg.training.recipe.encoder.contrastive import ContrastiveRecipe
from xqg.training.recipe.encoder.distillation import DistillationRecipe
from xqg.training.recipe.encoder.small import SmallEncoderRecipe
from xqg.training.recipe.generator.finetune import FinetuneGeneratorRecipe
from xqg.training.recipe.method import Method, Recipe
from xqg.training.recipe.methods import METHODS
from xqg.training.recipe.read import kind_of, read_recipe
from xqg.training.recipe.reader.finetune import ReaderRecipe

__all__ = [
    "METHODS",
    "ContrastiveRecipe",
    "DistillationRecipe",
    "FinetuneGeneratorRecipe",
    "Method",
    "ReaderRecipe",
    "Recipe",
    "SmallEncoderRecipe",
    "kind_of",
    "read_recipe",
]
