"""Reproducing a published table from a recipe: expected beside got."""

from xqg.comparison.reproduce.recipe import MACRO, Recipe, Row, read_recipe
from xqg.comparison.reproduce.report import notes, table, write
from xqg.comparison.reproduce.run import Got, reproduce
from xqg.comparison.reproduce.sources import reach

__all__ = ["MACRO", "Got", "Recipe", "Row", "notes", "reach", "read_recipe", "reproduce", "table", "write"]
