"""Training data as a recipe asks for it: read, without leaks, with hard negatives."""

from __future__ import annotations

from typing import Any

from xqg.training.examples.example import TrainingData
from xqg.training.run.options import RunOptions

__all__ = ["training_data"]


def training_data(recipe: Any, options: RunOptions) -> TrainingData:
    """The data of an encoder's or generator's recipe.

    Raises:
        XqgError: as `load_data`, `without_leaks` and `mine_negatives`.
    """
    from xqg.training.examples.leaks import drop_leaks
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
    data = drop_leaks(data, recipe)
    negatives = getattr(recipe, "negatives", "given")
    if negatives in ("bm25", "model"):
        from xqg.training.examples.hard_negatives import mine_negatives

        data = mine_negatives(
            data,
            negatives,
            each=recipe.negatives_each,
            depth=recipe.negatives_depth,
            seed=recipe.seed,
            model=recipe.negatives_model or recipe.base,
            device=options.device,
        )
    return data
