"""Recipes and command of the mini models: what is read, what is refused, and what `make mini` runs."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from tools.mini.__main__ import main
from tools.mini.recipes import RECIPES, MiniEncoderRecipe, MiniGeneratorRecipe, MiniReaderRecipe, read
from xqg.errors import XqgError
from xqg.training.recipe.keys import keys_of, meaning, value_of

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tools" / "mini" / "recipes"


def _recipe(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_those_of_the_mini_models() -> None:
    encoder, generator, reader = (read(OWN / f"{kind}.yaml", kind) for kind in RECIPES)
    assert encoder == MiniEncoderRecipe()
    assert (generator.encoder, generator.steps, generator.batch_size) == ("mini", 7500, 32)
    assert (reader.encoder, reader.steps, reader.dtype) == ("mini", 1200, "bfloat16")
    assert sorted(path.stem for path in OWN.iterdir()) == sorted(RECIPES)


@pytest.mark.parametrize("kind", RECIPES)
def test_recipes_are_whole(kind: str) -> None:
    """Every key has a meaning and a type that can be read, and its default is allowed."""
    assert RECIPES[kind].METHOD == "mini"
    for field in keys_of(RECIPES[kind]).values():
        assert meaning(field), field.name
        if field.default is not dataclasses.MISSING:
            assert value_of(field, field.default) == field.default, field.name


def test_values_defaults_and_changes(tmp_path: Path) -> None:
    path = _recipe(tmp_path, "seed: 3\nlearning_rate: 0.1\nswaps: 1\n# a comment\n")
    assert read(path, "encoder") == MiniEncoderRecipe(seed=3, learning_rate=0.1, swaps=1)
    path = _recipe(tmp_path, "method: mini\nencoder: some/folder\nsteps: 10\n")
    assert read(path, "generator") == MiniGeneratorRecipe(encoder="some/folder", steps=10)
    assert read(path, "reader", {"steps": "5", "learning_rate": "1e-5"}) == MiniReaderRecipe(
        "some/folder", steps=5, learning_rate=1e-5
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("method: mini\nbase: a", "unknown key 'base'; the keys of method mini are encoder, data, seed"),
        ("method: finetune", "method is 'finetune'; the mini models have mini, `xqg train` has the others"),
        ("method: mini\nsteps: 1.5", "steps is 1.5; it must be a whole number"),
        ("method: mini\nsteps:", "steps is None; it must be a whole number"),
        ("method: mini\nencoder: 7", "encoder is 7; it must be a text"),
        ("method: mini\nlearning_rate: .nan", "learning_rate is nan; it must lie between"),
        ("method: mini\ndata: xquad", "data is 'xquad'; it must be one of atlas"),
        ("method: mini\nseed: 1", "no encoder; add the line `encoder: …`"),
        ("base: [a", "not a YAML file"),
    ],
)
def test_wrong_recipe(tmp_path: Path, text: str, message: str) -> None:
    path = _recipe(tmp_path, text)
    with pytest.raises(XqgError) as error:
        read(path, "reader")
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a training in place of the encoder's was called with."""
    found: list[Any] = []
    monkeypatch.setattr("tools.mini.encoder.train", lambda recipe, out: found.append((recipe, out)))
    return found


def test_the_command(tmp_path: Path, seen: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    path, out = _recipe(tmp_path, "seed: 7\n"), tmp_path / "out"
    assert main(["encoder", str(path), "--out", str(out), "--epochs", "1", "--name-pairs", "64"]) == 0
    assert seen == [(MiniEncoderRecipe(seed=7, epochs=1, name_pairs=64), out)]
    assert capsys.readouterr() == (f"{out}: encoder trained\n", "")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--swaps", "2"], "tools.mini: `swaps`: swaps is '2'; it must lie between 0 and 1\n"),
        (["--seed", "many"], "tools.mini: `seed`: seed is 'many'; it must be a whole number\n"),
    ],
)
def test_what_the_command_refuses(
    tmp_path: Path, seen: list[Any], capsys: pytest.CaptureFixture[str], flags: list[str], message: str
) -> None:
    path = _recipe(tmp_path, "seed: 7\n")
    assert main(["encoder", str(path), "--out", str(tmp_path / "out"), *flags]) == 2
    assert capsys.readouterr() == ("", message)
    assert seen == []


def test_make_mini_runs_what_is_there() -> None:
    """Each kind is trained from its recipe to where xqg looks for it."""
    from xqg.models.resolve import MINI

    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    runs = re.findall(r"python -m tools\.mini (\w+) (\S+) --out (\S+)", text)
    assert [kind for kind, _, _ in runs] == list(RECIPES)
    for kind, recipe, out in runs:
        assert (ROOT / recipe) == OWN / f"{kind}.yaml"
        assert (ROOT / out).resolve() == (MINI / kind).resolve()
        read(ROOT / recipe, kind)
