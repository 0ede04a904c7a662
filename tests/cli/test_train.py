"""`xqg train`: what is refused, and that a model is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.training.output import model_folder


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "encoder.yaml"
    path.write_text("data: atlas\nseed: 7\n")
    return path


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Put a quick training in the real one's place; gives the recipes it was called with."""

    def replace(error: BaseException | None = None) -> list[Any]:
        seen: list[Any] = []

        def train(recipe: Any, out: Path) -> None:
            with model_folder(out) as folder:
                seen.append(recipe)
                (folder / "config.json").write_text("new")
                if error is not None:
                    raise error

        monkeypatch.setattr("xqg.training.encoder.train_encoder", train)
        return seen

    return replace


def test_trains_into_a_new_folder(xqg, recipe: Path, trainer) -> None:
    seen, out = trainer(), recipe.parent / "model"
    result = xqg("train", "encoder", recipe, "--out", out)
    assert (result.code, result.err) == (0, "")
    assert [one.seed for one in seen] == [7]
    assert (out / "config.json").read_text() == "new"
    assert sorted(path.name for path in out.parent.iterdir()) == ["encoder.yaml", "model"]


def test_replaces_a_model_whole(xqg, recipe: Path, trainer) -> None:
    trainer()
    out = recipe.parent / "model"
    out.mkdir()
    (out / "config.json").write_text("old")
    (out / "leftover").write_text("old")
    assert xqg("train", "encoder", recipe, "--out", out).code == 0
    assert [path.name for path in out.iterdir()] == ["config.json"]
    assert (out / "config.json").read_text() == "new"


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (XqgError("no"), 2), (ImportError("no accelerate"), 2)]
)
def test_a_failed_training_leaves_the_old_model(
    xqg, recipe: Path, trainer, error: BaseException, code: int
) -> None:
    trainer(error)
    out = recipe.parent / "model"
    out.mkdir()
    (out / "config.json").write_text("old")
    result = xqg("train", "encoder", recipe, "--out", out)
    assert result.code == code
    assert result.err.count("\n") == 1
    assert (out / "config.json").read_text() == "old"
    assert sorted(path.name for path in out.parent.iterdir()) == ["encoder.yaml", "model"]


def test_refusals(refused, recipe: Path, trainer) -> None:
    seen, folder = trainer(), recipe.parent
    out = folder / "model"
    assert "a reader is not in this version" in refused("train", "reader", recipe, "--out", out)
    assert "unknown kind of model 'retriever'" in refused("train", "retriever", recipe, "--out", out)
    assert "no such recipe" in refused("train", "encoder", folder / "none.yaml", "--out", out)
    assert "no encoder; add the line" in refused("train", "generator", recipe, "--out", out)
    assert "is a file" in refused("train", "encoder", recipe, "--out", recipe)
    assert "no model's" in refused("train", "encoder", recipe, "--out", folder)
    assert "create it first" in refused("train", "encoder", recipe, "--out", out / "deep")
    assert seen == []
    assert sorted(path.name for path in folder.iterdir()) == ["encoder.yaml"]
