"""The recipes that come with the project: each can be read, and the full-size ones say what the papers say."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.training.recipe import METHODS, ContrastiveRecipe, read_recipe

RECIPES = Path(__file__).parents[3] / "recipes"
TRAINED = sorted(path for path in RECIPES.rglob("*.yaml") if path.parent != RECIPES)  # those above are tables
FULL = sorted(RECIPES.glob("encoder/*.yaml"))
NQ = 58_600  # questions, to the hundred


def _full(name: str) -> Any:
    return read_recipe(RECIPES / "encoder" / f"{name}.yaml", "encoder")


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_is_of_one_kind(path: Path) -> None:
    kinds = []
    for kind in METHODS:
        try:
            read_recipe(path, kind)
        except XqgError:
            continue
        kinds.append(kind)
    assert len(kinds) == 1, kinds


@pytest.mark.parametrize("path", FULL, ids=lambda path: path.stem)
def test_full_size_recipes_say_what_is_whose(path: Path) -> None:
    header = " ".join(line.lstrip("# ") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    for part in ("NOT RUN at full size", "Predicted (docs/training.md)", "Theirs: ", "Ours: "):
        assert part in header.replace("Theirs (", "Theirs: ("), part
    assert isinstance(read_recipe(path, "encoder"), ContrastiveRecipe)


@pytest.mark.parametrize("name", ["mbert-xor-tydi", "xlmr-xor-tydi"])
def test_the_papers_retriever(name: str) -> None:
    """The command in the README of github.com/ielab/xQG4xDR; 8 passages are 1 right one and 7 others."""
    recipe = _full(name)
    assert (recipe.batch_size, recipe.negatives, recipe.negatives_each) == (128, "given", 7)
    assert (recipe.query_length, recipe.passage_length) == (32, 128)
    assert (recipe.learning_rate, recipe.epochs, recipe.steps, recipe.save_every) == (1e-5, 40, 0, 1000)
    assert (recipe.pooling, recipe.similarity, recipe.scale) == ("cls", "dot", 1.0)
    assert (recipe.beta, recipe.languages, recipe.lora) == (-1, (), 0)


@pytest.mark.parametrize("data", ["xor-tydi", "zero-shot"])
def test_mbert_and_xlmr_differ_in_the_base_only(data: str) -> None:
    mbert, xlmr = _full(f"mbert-{data}"), _full(f"xlmr-{data}")
    assert (mbert.base, xlmr.base) == ("bert-base-multilingual-cased", "xlm-roberta-base")
    assert dataclasses.replace(mbert, base=xlmr.base) == xlmr


@pytest.mark.parametrize("base", ["mbert", "xlmr"])
def test_zero_shot_differs_in_the_data_only(base: str) -> None:
    supervised, zero_shot = _full(f"{base}-xor-tydi"), _full(f"{base}-zero-shot")
    assert zero_shot.languages == ("en",)
    assert zero_shot.steps == math.ceil(supervised.epochs * NQ / supervised.batch_size / 10) * 10
    changed = {"train": supervised.train, "languages": (), "steps": 0, "epochs": supervised.epochs}
    assert dataclasses.replace(zero_shot, **changed) == supervised


def test_hybrid() -> None:
    """Section 3.1 of arXiv 2408.10536: half of the batches in one language."""
    recipe = _full("hybrid-xlmr")
    assert (recipe.beta, recipe.similarity, recipe.weight_decay) == (0.5, "cosine", 0.01)
    assert (recipe.learning_rate, recipe.batch_size) == (3e-5, 100)
    assert (recipe.train, recipe.fold, recipe.folds) == (("xquad-r",), 0, 5)


def test_genq_asks_about_passages_that_it_has() -> None:
    recipe = _full("genq")
    assert recipe.queries
    assert len(recipe.train) == 2
    assert recipe.negatives == "none"
