"""Recipes: what is read, and one line for whatever is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.training import EncoderRecipe, GeneratorRecipe, MiniReaderRecipe, ReaderRecipe, read_recipe

RECIPES = Path(__file__).parents[2] / "recipes"


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
    assert read_recipe(RECIPES / "mini" / "encoder.yaml", EncoderRecipe).data == "atlas"
    assert read_recipe(RECIPES / "mini" / "generator.yaml", GeneratorRecipe).data == "atlas"
    assert isinstance(read_recipe(RECIPES / "mini" / "reader.yaml", ReaderRecipe), MiniReaderRecipe)
    xquad = read_recipe(RECIPES / "xquad" / "reader.yaml", ReaderRecipe)
    assert isinstance(xquad, ReaderRecipe)
    assert (xquad.base, xquad.passages, xquad.folds) == ("minilm", "xquad", 2)
    assert (RECIPES.parent / xquad.answers).is_file()


READER = "base: a\npassages: b\nanswers: c\n"


def test_a_reader_of_atlas_is_a_mini_one(tmp_path: Path) -> None:
    path = _recipe(tmp_path, "data: atlas\nencoder: mini\n")
    assert read_recipe(path, ReaderRecipe) == MiniReaderRecipe(encoder="mini")
    path = _recipe(tmp_path, READER + "data: folder\nbfloat16: false\n")
    assert read_recipe(path, ReaderRecipe) == ReaderRecipe("a", "b", "c", "folder", bfloat16=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: a\npassages: b", "no answers; add the line `answers: …`"),
        (READER + "encoder: mini", "unknown key 'encoder'; the keys are base, passages, answers"),
        (READER + "data: atlas", "unknown key 'base'; the keys are encoder, data, seed"),
        (READER + "bfloat16: 1", "bfloat16 is 1; it must be of type bool"),
        (READER + "folds: true", "folds is True; it must be of type int"),
        (READER + "length: 31", "length is 31; it must lie between 32"),
        ("data: atlas\nencoder: mini\nname_share: 2.0", "name_share is 2.0; it must lie between 0 and 1"),
    ],
)
def test_wrong_reader_recipe(tmp_path: Path, text: str, message: str) -> None:
    path = _recipe(tmp_path, text)
    with pytest.raises(XqgError, match=f"{path}: {message}") as error:
        read_recipe(path, ReaderRecipe)
    assert "\n" not in str(error.value)


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
