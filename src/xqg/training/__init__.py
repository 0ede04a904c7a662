"""Training: recipes, and the models made by them; `read_recipe` and `METHODS[kind][method].train` are all of it."""

from xqg.training.recipe import METHODS, read_recipe
from xqg.training.run.options import RunOptions

__all__ = ["METHODS", "RunOptions", "read_recipe"]
