"""Recipes: what is read, and one line for whatever is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.training import EncoderRecipe, GeneratorRecipe, read_recipe

RECIPES = Path(__file__).parents[2] / "recipes" / "mini"


def _recipe(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_and_defaults(tmp_path: Path) -> None:
    path = _recipe(tmp_path, "seed: 3\nlearning_rate: 0.1\nswaps: 1\n# a comment\n")
    assert read_recipe(path, EncoderRecipe) == EncoderRecipe(seed=3, learning_rate=0.1, swaps=1)
    path = _recipe(tmp_path, "encoder: some/folder\nsteps: 10\n")
    assert read_recipe(str(path), GeneratorRecipe) == GeneratorRecipe(encoder="some/folder", steps=10)


def test_recipes_of_the_project() -> None:
    assert read_recipe(RECIPES / "encoder.yaml", EncoderRecipe).data == "atlas"
    assert read_recipe(RECIPES / "generator.yaml", GeneratorRecipe).data == "atlas"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sead: 1", "unknown key 'sead'; the keys are encoder, data, seed"),
        ("1: 2", "unknown key 1"),
        ("seed: 1", "no encoder; add the line `encoder: …`"),
        ("encoder: 7", "encoder is 7; it must be of type str"),
        ("encoder: a\nsteps: 1.5", "steps is 1.5; it must be of type int"),
        ("encoder: a\nsteps: true", "steps is True; it must be of type int"),
        ("encoder: a\nsteps:", "steps is None; it must be of type int"),
        (
            "encoder: a\nlearning_rate: 2e-3",
            "learning_rate is '2e-3'; it must be of type float, written like",
        ),
        ("encoder: a\nsteps: 0", "steps is 0; it must lie between 1 and"),
        ("encoder: a\nswaps: 1.5", "swaps is 1.5; it must lie between 0 and 1"),
        ("encoder: a\nlearning_rate: .nan", "learning_rate is nan; it must lie between"),
        ("encoder: a\nseed: -1", "seed is -1; it must lie between 0 and"),
        ("encoder: a\ndata: xquad", "data is 'xquad'; this version trains on atlas only"),
        ("encoder: [a", "not a YAML file"),
        ("encoder: !!python/object/apply:os.getcwd []", "not a YAML file"),
        ("- encoder", "a recipe is a list of `key: value` lines"),
        ("", "a recipe is a list of `key: value` lines"),
    ],
)
def test_wrong_recipe(tmp_path: Path, text: str, message: str) -> None:
    path = _recipe(tmp_path, text)
    with pytest.raises(XqgError) as error:
        read_recipe(path, GeneratorRecipe)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(XqgError, match="no such recipe; give a YAML file"):
            read_recipe(path, EncoderRecipe)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"data: \xff\xfe")
    with pytest.raises(XqgError, match="not a YAML file"):
        read_recipe(path, EncoderRecipe)
