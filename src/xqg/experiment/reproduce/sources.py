"""Whether all that a recipe needs can be reached, before hours of work begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from xqg.benchmarks import Benchmark, load
from xqg.errors import XqgError
from xqg.experiment.reproduce.recipe import Recipe
from xqg.models import resolve

__all__ = ["reach"]

Found = TypeVar("Found")


def reach(recipe: Recipe, data: Path | None, limit: int | None = None) -> Benchmark:
    """Find the data and both models; models that the hub gives are fetched into its cache now.

    Args:
        data: the folder of the benchmark's files.
        limit: the first so many passages, and questions per language (of those with an answer other
            than yes and no, which are counted), only; None: all.

    Returns:
        The benchmark, limited; its passages are not read yet where it is not.

    Raises:
        XqgError: one line that names everything that cannot be reached and how to get it.
    """
    missing: list[str] = []
    benchmark = _found(partial(load, recipe.benchmark, data=data), missing, "data")
    _found(partial(resolve, recipe.encoder, "encoder"), missing, "encoder", _hint(recipe.encoder))
    _found(partial(resolve, recipe.generator, "generator"), missing, "generator", _hint(recipe.generator))
    if missing or benchmark is None:
        raise XqgError(f"nothing was started, for want of {'; and of '.join(missing)}")
    for code in recipe.languages:
        benchmark.questions_in(code)
    return benchmark if limit is None else _limited(benchmark, recipe, limit)


def _found(look: Callable[[], Found], missing: list[str], what: str, hint: str = "") -> Found | None:
    """What `look` finds; else its error joins `missing`."""
    try:
        return look()
    except XqgError as error:
        # Of a hub's model the general remedy (another model) would be none here.
        line = f"{str(error).split('; give ')[0]}; {hint}" if hint else str(error)
        missing.append(f"{what}: {line}")
        return None


def _hint(name: str) -> str:
    """How to get a model of the hub; a local folder's name speaks for itself."""
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        return ""
    return f"with a network: `hf download {name}`, or write its local folder into the recipe"


def _limited(benchmark: Benchmark, recipe: Recipe, limit: int) -> Benchmark:
    if limit < 1:
        raise XqgError(f"limit is {limit}; it must be 1 or more")
    questions = []
    for code in recipe.languages:
        asked = benchmark.questions_in(code)
        questions += ([one for one in asked if {*one.answers} - {"yes", "no"}] or asked)[:limit]
    return replace(benchmark, passages=list(islice(benchmark.passages, limit)), questions=questions)
