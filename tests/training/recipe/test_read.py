"""Recipes: what is read, and one line for whatever is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.training.recipe import (
    ContrastiveRecipe,
    DistillationRecipe,
    FinetuneGeneratorRecipe,
    ReaderRecipe,
    SmallEncoderRecipe,
    kind_of,
    read_recipe,
)

RECIPES = Path(__file__).parents[3] / "recipes"
READER = "base: a\npassages: b\nanswers: c\n"


def _recipe(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_and_defaults(tmp_path: Path) -> None:
    path = _recipe(tmp_path, "method: small\narchitecture: bert\nencoder: e\nseed: 3\ndropout: 1\n# a comment\n")
    assert read_recipe(path, "encoder") == SmallEncoderRecipe("bert", "e", seed=3, dropout=1)
    path = _recipe(tmp_path, "base: some/folder\ntrain: xquad\nlearning_rate: 0.1\n")
    assert read_recipe(str(path), "generator") == FinetuneGeneratorRecipe("some/folder", ("xquad",), learning_rate=0.1)


def test_numbers_lists_and_choices(tmp_path: Path) -> None:
    text = "base: b\ntrain: [xquad, rows.jsonl]\nlanguages: ja,ru\nlearning_rate: 1e-5\nleaks: drop\ntest: []\n"
    assert read_recipe(_recipe(tmp_path, text), "encoder") == ContrastiveRecipe(
        base="b", train=("xquad", "rows.jsonl"), languages=("ja", "ru"), learning_rate=1e-5, leaks="drop"
    )


@pytest.mark.parametrize(
    ("kind", "text", "recipe"),
    [
        ("encoder", "base: b\ntrain: xquad", ContrastiveRecipe(base="b", train=("xquad",))),
        ("encoder", "method: contrastive\nbase: b\ntrain: xquad", ContrastiveRecipe(base="b", train=("xquad",))),
        ("encoder", "method: distillation\nteacher: t\nparallel: p", DistillationRecipe(teacher="t", parallel=("p",))),
        ("encoder", "method: small\narchitecture: bert\nencoder: e", SmallEncoderRecipe("bert", "e")),
        ("generator", "base: b\ntrain: xquad", FinetuneGeneratorRecipe(base="b", train=("xquad",))),
        ("generator", "method: finetune\nbase: b\ntrain: xquad", FinetuneGeneratorRecipe(base="b", train=("xquad",))),
        ("reader", READER, ReaderRecipe(base="a", passages="b", answers="c")),
        ("reader", READER + "method: finetune", ReaderRecipe(base="a", passages="b", answers="c")),
    ],
)
def test_the_method_chooses_the_class(tmp_path: Path, kind: str, text: str, recipe: object) -> None:
    assert read_recipe(_recipe(tmp_path, text), kind) == recipe


def test_changes_win(tmp_path: Path) -> None:
    path = _recipe(tmp_path, READER + "seed: 1\nepochs: 2\n")
    changes = {"seed": "5", "learning_rate": "1e-5", "dtype": "float32", "base": "other"}
    assert read_recipe(path, "reader", changes) == ReaderRecipe(
        base="other", passages="b", answers="c", seed=5, epochs=2, learning_rate=1e-5, dtype="float32"
    )
    path = _recipe(tmp_path, "seed: 1\n")  # even the method, and what the file lacks
    changes = {"method": "small", "architecture": "bert", "encoder": "e"}
    assert read_recipe(path, "encoder", changes) == SmallEncoderRecipe("bert", "e", seed=1)
    path = _recipe(tmp_path, READER + "seed: wrong\n")  # a wrong value that a flag replaces harms nobody
    assert read_recipe(path, "reader", {"seed": "2"}).seed == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": "fast"}, "`learning_rate`: learning_rate is 'fast'; it must be a number, such as 0.002"),
        ({"learning_rate": "11"}, "`learning_rate`: learning_rate is '11'; it must lie between 0 and 10"),
        ({"epochs": "1.5"}, "`epochs`: epochs is '1.5'; it must be a whole number"),
        ({"dtype": "int8"}, "`dtype`: dtype is 'int8'; it must be one of auto, float32, bfloat16, float16"),
        ({"encoder": "mini"}, "`encoder`: unknown key 'encoder'; the keys of method finetune are base, passages"),
        ({"method": "magic"}, "method is 'magic'; a recipe of readers has one of finetune"),
    ],
)
def test_wrong_changes_are_named(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(XqgError) as error:
        read_recipe(_recipe(tmp_path, READER), "reader", changes)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_recipe_of_xquad() -> None:
    xquad = read_recipe(RECIPES / "xquad" / "reader.yaml", "reader")
    assert (xquad.base, xquad.passages, xquad.folds, xquad.dtype) == ("minilm", "xquad", 2, "bfloat16")
    assert (RECIPES.parent / xquad.answers).is_file()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: a\npassages: b", "no answers; add the line `answers: …`"),
        (READER + "encoder: mini", "unknown key 'encoder'; the keys of method finetune are base, passages, answers"),
        ("method: mini\nencoder: a", "method is 'mini'; a recipe of readers has one of finetune"),
        (READER + "bfloat16: true", "unknown key 'bfloat16'; the keys of method finetune are"),  # dtype since
        (READER + "dtype: double", "dtype is 'double'; it must be one of auto, float32, bfloat16, float16"),
        (READER + "folds: true", "folds is True; it must be a whole number"),
        (READER + "length: 31", "length is 31; it must lie between 32 and"),
        (READER + "warmup: 1.1", "warmup is 1.1; it must lie between 0 and 1"),
        (READER + "method: magic", "method is 'magic'; a recipe of readers has one of finetune"),
        (READER + "method: 7", "method is 7; a recipe of readers has one of finetune"),
        (READER + "method:", "method is None; a recipe of readers has one of finetune"),
        (READER + "epochs: 1.5", "epochs is 1.5; it must be a whole number"),
        (READER + "epochs:", "epochs is None; it must be a whole number"),
        ("passages: b\nanswers: c\nbase: 7", "base is 7; it must be a text"),
        (READER + "learning_rate: .nan", "learning_rate is nan; it must lie between"),
        ("seed: 1", "no base; add the line `base: …`"),
        ("base: [a", "not a YAML file"),
        ("seed: 2020-13-45", "not a YAML file"),  # YAML reads a date, and there is no such month
        (f"seed: {'9' * 5000}", "not a YAML file"),
        ("base: " + "[" * 5000, "not a YAML file"),
        (READER + f"warmup: {'9' * 400}", "warmup is "),
        ("base: !!python/object/apply:os.getcwd []", "not a YAML file"),
        ("- base", "a recipe is a list of `key: value` lines"),
        ("1: 2", "a recipe is a list of `key: value` lines"),
        ("", "a recipe is a list of `key: value` lines"),
    ],
)
def test_wrong_recipe(tmp_path: Path, text: str, message: str) -> None:
    path = _recipe(tmp_path, text)
    with pytest.raises(XqgError) as error:
        read_recipe(path, "reader")
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_missing_file_and_kind(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(XqgError, match="no such recipe; give a YAML file"):
            read_recipe(path, "encoder")
    with pytest.raises(XqgError, match="unknown kind of model 'retriever'; train an encoder, a generator or a"):
        read_recipe(_recipe(tmp_path, READER), "retriever")


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"data: \xff\xfe")
    with pytest.raises(XqgError, match="not a YAML file"):
        read_recipe(path, "encoder")


def test_keys_in_a_dictionary() -> None:
    keys = {"base": "a", "passages": "b", "answers": "c", "epochs": 2}
    assert read_recipe(keys, "reader", {"seed": 3}) == ReaderRecipe(base="a", passages="b", answers="c", epochs=2, seed=3)
    with pytest.raises(XqgError, match="`recipe`: no answers; add the line"):
        read_recipe({"base": "a", "passages": "b"}, "reader")


def test_the_kind_of_a_recipe() -> None:
    """Every recipe here is of one kind: that of its folder, or of the model that its name says."""
    kinds = {path: kind_of(path) for path in RECIPES.rglob("*.yaml") if path.parent != RECIPES}
    assert len(kinds) > 15
    for path, kind in kinds.items():
        read_recipe(path, kind)
        if path.parent.name in ("encoder", "generator"):
            assert kind == path.parent.name
    assert kinds[RECIPES / "atlas" / "retriever.yaml"] == "encoder"
    assert kind_of({"base": "a", "passages": "b", "answers": "c"}) == "reader"
    with pytest.raises(XqgError, match=r"`recipe`: its keys fit several kinds \(encoder, generator\); give `kind`"):
        kind_of({"base": "a", "train": ["b"]})
    with pytest.raises(XqgError, match="no method of any kind has all of its keys; give `kind`"):
        kind_of({"method": "magic"})
    with pytest.raises(XqgError, match="no method of any kind has all of its keys; give `kind`"):
        kind_of({"method": ["mini"]})
    with pytest.raises(XqgError, match="no method of any kind has a key 'sead'; correct it, or give `kind`"):
        kind_of({"base": "a", "passages": "b", "answers": "c", "sead": 1})


def test_epochs_of_the_caller_win_over_steps_of_the_recipe() -> None:
    recipe = {"base": "a", "train": ["b"], "steps": 300}
    read = read_recipe(recipe, "encoder", {"epochs": 1})
    assert isinstance(read, ContrastiveRecipe)
    assert (read.epochs, read.steps) == (1, 0)
    both = read_recipe(recipe, "encoder", {"epochs": "1", "steps": "20"})
    assert isinstance(both, ContrastiveRecipe)
    assert (both.epochs, both.steps) == (1, 20)
