"""`xqg train`: what is refused, and that a model is replaced whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import bert_parts, save
from xqg.errors import XqgError
from xqg.training.run.output import model_folder


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "encoder.yaml"
    path.write_text("method: small\narchitecture: bert\nencoder: mini\nseed: 7\n")
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

        monkeypatch.setattr("xqg.training.encoder.small.train", train)
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


def test_flags_win_over_the_recipe(xqg, recipe: Path, trainer) -> None:
    seen, out = trainer(), recipe.parent / "model"
    flags = ("--seed", "8", "--dropout", "1e-2", "--layers", "16")
    assert xqg("train", "encoder", recipe, *flags, "--out", out).code == 0
    assert [(one.seed, one.dropout, one.layers) for one in seen] == [(8, 0.01, 16)]


@pytest.mark.parametrize("kind", ["encoder", "generator", "reader"])
def test_help_names_every_key_of_every_method(xqg, kind: str) -> None:
    from xqg.training.recipe import METHODS
    from xqg.training.recipe.keys import keys_of, meaning

    told = xqg("train", kind, "--help").out
    for name, method in METHODS[kind].items():
        assert f"{name}: " in told
        for key, field in keys_of(method.recipe).items():
            assert f"--{key.replace('_', '-')} VALUE" in told
            assert meaning(field), key


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
    assert "no such command 'retriever'" in refused("train", "retriever", recipe, "--out", out)
    assert "no such recipe" in refused("train", "encoder", folder / "none.yaml", "--out", out)
    assert "method is 'small'; a recipe of generators has one of finetune" in refused(
        "train", "generator", recipe, "--out", out
    )
    short = folder / "short.yaml"
    short.write_text("seed: 7\n")
    assert "no base; add the line" in refused("train", "generator", short, "--out", out)
    assert "no base; add the line" in refused("train", "reader", short, "--out", out)
    short.unlink()
    assert "--dropout: dropout is '2'; it must lie between 0 and 1" in refused(
        "train", "encoder", recipe, "--dropout", "2", "--out", out
    )
    assert "--beta: unknown key 'beta'; the keys of method small are" in refused(
        "train", "encoder", recipe, "--beta", "0.5", "--out", out
    )
    assert "--sead" in refused("train", "encoder", recipe, "--sead", "1", "--out", out)
    assert "--resume: training by method small" in refused("train", "encoder", recipe, "--resume", "--out", out)
    assert "is a file" in refused("train", "encoder", recipe, "--out", recipe)
    assert "no model's" in refused("train", "encoder", recipe, "--out", folder)
    assert "create it first" in refused("train", "encoder", recipe, "--out", out / "deep")
    assert seen == []
    assert sorted(path.name for path in folder.iterdir()) == ["encoder.yaml"]


@pytest.fixture
def reader_recipe(tmp_path: Path) -> dict[str, Any]:
    """Four passages, a question about each, a tiny base model."""
    words = ("Japan", "Tokyo", "empire", "year")
    passages = [{"_id": f"p{n}", "text": f"The {word} is large."} for n, word in enumerate(words)]
    answers = [
        {"passage_id": f"p{n}", "question": f"Which {word}?", "answer": word, "answer_start": 4}
        for n, word in enumerate(words)
    ]
    for name, rows in (("passages", passages), ("answers", answers)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    save(tmp_path / "base", *bert_parts())
    return {
        "base": str(tmp_path / "base"),
        "passages": str(tmp_path / "passages.jsonl"),
        "answers": str(tmp_path / "answers.jsonl"),
        "length": 32,
        "stride": 8,
        "batch_size": 2,
        "epochs": 1,
        "dtype": "float32",
    }


def test_a_cross_fitted_reader(xqg, reader_recipe: dict[str, Any], tmp_path: Path) -> None:
    from xqg.reading import load_reader

    path, out = tmp_path / "reader.yaml", tmp_path / "reader"
    path.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in reader_recipe.items()))
    result = xqg("train", "reader", path, "--out", out)
    assert (result.code, result.out.splitlines()[-1]) == (0, f"{out}: reader trained")
    reader = load_reader(str(out))
    assert len(reader.members) == 2
    assert reader.held_out == {"p0": 0, "p1": 1, "p2": 0, "p3": 1}
    assert not list(tmp_path.glob("*.parts"))


def test_readers_that_are_refused(refused, reader_recipe: dict[str, Any], tmp_path: Path) -> None:
    def of(**changes: Any) -> str:
        path = tmp_path / "reader.yaml"
        values = {**reader_recipe, **changes}
        path.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items()))
        return refused("train", "reader", path, "--out", tmp_path / "out")

    assert "unknown key 'fold'" in of(fold=2)
    assert "4 clusters of passages make no 5 folds" in of(folds=5)
    assert "folds is 0; it must lie between 1" in of(folds=0)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"passage_id": "p0", "question": "Which?", "answer": "Tokyo", "answer_start": 4}')
    assert "broken.jsonl:1: 'Tokyo' does not stand at 4 of passage 'p0'" in of(answers=str(broken))
    assert "no such folder" in of(base=str(tmp_path / "absent"))
    assert not (tmp_path / "out").exists()
