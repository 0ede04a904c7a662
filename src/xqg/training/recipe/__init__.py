"""Recipes: what a training run depends on, one class a method, read from YAML and flags."""

from xqg.training.recipe.encoder import (
    ContrastiveRecipe,
    DistillationRecipe,
    MiniEncoderRecipe,
    SmallEncoderRecipe,
)
from xqg.training.recipe.generator import FinetuneGeneratorRecipe, MiniGeneratorRecipe
from xqg.training.recipe.methods import METHODS, Method, Recipe
from xqg.training.recipe.read import kind_of, read_recipe
from xqg.training.recipe.reader import MiniReaderRecipe, ReaderRecipe

__all__ = [
    "METHODS",
    "ContrastiveRecipe",
    "DistillationRecipe",
    "FinetuneGeneratorRecipe",
    "Method",
    "MiniEncoderRecipe",
    "MiniGeneratorRecipe",
    "MiniReaderRecipe",
    "ReaderRecipe",
    "Recipe",
    "SmallEncoderRecipe",
    "kind_of",
    "read_recipe",
]
