"""Training data as a recipe asks for it: read, without leaks, with hard negatives."""

from __future__ import annotations

from typing import Any

from xqg.training.examples.example import TrainingData
from xqg.training.run.options import RunOptions

__all__ = ["prepared"]


def prepared(recipe: Any, options: RunOptions) -> TrainingData:
    """The data of an encoder's or generator's recipe.

    Raises:
        XqgError: as `load_data`, `without_leaks` and `mine`.
    """
    from xqg.training.examples.leaks import checked
    from xqg.training.examples.load import load_data

    data = load_data(
        recipe.train,
        data=recipe.data,
        queries=getattr(recipe, "queries", ""),
        languages=recipe.languages,
        passage_languages=recipe.passage_languages,
        fold=recipe.fold,
        folds=recipe.folds,
        limit=recipe.limit,
    )
    data = checked(data, recipe)
    negatives = getattr(recipe, "negatives", "given")
    if negatives in ("bm25", "model"):
        from xqg.training.examples.hard_negatives import mine

        data = mine(
            data,
            negatives,
            each=recipe.negatives_each,
            depth=recipe.negatives_depth,
            seed=recipe.seed,
            model=recipe.negatives_model or recipe.base,
            device=options.device,
        )
    return data
