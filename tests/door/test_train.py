"""`xqg.train`: the kind of model, the recipe's keys, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import xqg
from xqg.training.run.options import CostEstimate, RunOptions

SMALL = {"method": "small", "architecture": "bert", "encoder": "mini"}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Recipes that a quick training in place of the contrastive one was called with."""
    found: list[Any] = []

    def train(recipe: Any, out: Path, options: RunOptions) -> None:
        if options.plan:
            raise CostEstimate("2 hours")
        found.append((recipe, out, options))

    monkeypatch.setattr("xqg.training.encoder.contrastive.train", train)
    return found


def test_a_file_with_changes(tmp_path: Path, seen: list[Any]) -> None:
    recipe = tmp_path / "retriever.yaml"
    recipe.write_text("base: minilm\ntrain: [atlas]\nnegatives: none\nepochs: 3\n")
    assert xqg.train(recipe, tmp_path / "out", epochs=1, learning_rate=1e-4, device="cpu") == tmp_path / "out"
    [(read, out, options)] = seen
    assert (read.base, read.train, read.epochs, read.learning_rate) == ("minilm", ("atlas",), 1, 1e-4)
    assert (out, options) == (tmp_path / "out", RunOptions(False, "cpu", False))


def test_a_dictionary_and_a_plan(tmp_path: Path, seen: list[Any]) -> None:
    recipe = {"base": "minilm", "train": ["atlas"], "negatives": "none"}
    assert xqg.train(recipe, "out", plan=True) == "2 hours"
    assert seen == []
    xqg.train(recipe, "out", kind="encoder")
    assert seen[0][0].base == "minilm"


@pytest.mark.parametrize(
    ("recipe", "wrong", "says"),
    [
        ({"base": "b", "train": ["atlas"]}, {}, "give `kind`, one of encoder, generator, reader"),
        ({"base": "b", "train": ["atlas"], "negatives": "none"}, {"epochs": "many"}, "`epochs`: epochs is 'many'; it must be a whole number"),
        ({"base": "b", "train": ["atlas"]}, {"kind": "tokenizer"}, "unknown kind of model 'tokenizer'"),
        ({"base": "b", "train": ["atlas"]}, {"kind": "encoder", "sead": 1}, "`sead`: unknown key 'sead'"),
        ({"base": "b", "train": ["atlas"]}, {"resume": 1}, "`resume` is 1; give True or False"),
        ({"method": "mini"}, {"kind": "encoder"}, "method is 'mini'; a recipe of encoders has one of contrastive"),
        (SMALL, {"resume": True}, "`resume`: training by method small takes minutes"),
        (3, {}, "`recipe` is 3; give a path"),
        ("none.yaml", {}, "none.yaml: no such recipe"),
    ],
)
def test_refusals(tmp_path: Path, seen: list[Any], recipe: Any, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(xqg.XqgError) as error:
        xqg.train(recipe, tmp_path / "out", **wrong)
    assert says in str(error.value)
    assert not (tmp_path / "out").exists()
