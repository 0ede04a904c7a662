"""A model's folder is whole or absent, and a killed training's half of one goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kept.living import in_, names, process
from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.training.run.output import model_folder

TRAIN = (
    "from xqg.training.run.output import model_folder",
    "with model_folder('model') as folder:",
    " (folder / 'config.json').write_bytes(bytes(1 << 20))",
    " READY",
)


def test_a_killed_training_leaves_nothing_for_long(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("before")
    with process(*in_(tmp_path, TRAIN)):
        with model_folder(tmp_path / "other") as folder:
            (folder / "config.json").write_text("x")
        assert len(names(tmp_path)) == 3  # the living one goes on
    with atomic_path(tmp_path / "run.trec") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == ["model", "other", "run.trec"]
    assert (tmp_path / "model" / "config.json").read_text() == "before"


def test_the_last_of_two_trainings_wins(tmp_path: Path) -> None:
    with model_folder(tmp_path / "model") as one, model_folder(tmp_path / "model") as two:
        (one / "config.json").write_text("one")
        (two / "config.json").write_text("two")
    assert (tmp_path / "model" / "config.json").read_text() == "one"
    assert names(tmp_path) == ["model"]


def test_what_is_no_model_is_not_replaced(tmp_path: Path) -> None:
    def train() -> None:
        with model_folder(tmp_path / "model"):
            (tmp_path / "model").mkdir()  # by somebody else, meanwhile
            (tmp_path / "model" / "letters.txt").write_text("x")

    with pytest.raises(XqgError, match="holds files that are no model's"):
        train()
    assert names(tmp_path / "model") == ["letters.txt"]
    assert names(tmp_path) == ["model"]
