"""Training: recipes, and the mini encoder and generator that are trained from scratch on atlas."""

from xqg.training.encoder import train_encoder
from xqg.training.generator import train_generator
from xqg.training.recipe import EncoderRecipe, GeneratorRecipe, read_recipe

__all__ = ["EncoderRecipe", "GeneratorRecipe", "read_recipe", "train_encoder", "train_generator"]
