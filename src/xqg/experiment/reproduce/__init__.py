"""Reproducing a published table from a recipe: expected beside got."""

from xqg.experiment.reproduce.recipe import MACRO, Recipe, Row, read_recipe
from xqg.experiment.reproduce.report import notes, table, write
from xqg.experiment.reproduce.run import Got, reproduce
from xqg.experiment.reproduce.sources import reach

__all__ = ["MACRO", "Got", "Recipe", "Row", "notes", "reach", "read_recipe", "reproduce", "table", "write"]
