"""Training: recipes, the mini models that are trained from scratch on atlas, and readers."""

from xqg.training.encoder import train_encoder
from xqg.training.generator import train_generator
from xqg.training.reader import train_reader
from xqg.training.recipe import (
    EncoderRecipe,
    GeneratorRecipe,
    MiniReaderRecipe,
    ReaderRecipe,
    read_recipe,
)

__all__ = [
    "EncoderRecipe",
    "GeneratorRecipe",
    "MiniReaderRecipe",
    "ReaderRecipe",
    "read_recipe",
    "train_encoder",
    "train_generator",
    "train_reader",
]
