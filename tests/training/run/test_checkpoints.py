"""OUT.checkpoints: when it is gone on from, when it is refused, and that nobody's own files are deleted."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import ClassVar

import pytest

from xqg.errors import XqgError
from xqg.training.run.checkpoints import Checkpoints


@dataclasses.dataclass(frozen=True)
class Recipe:
    METHOD: ClassVar[str] = "try"

    base: str = "a"
    languages: tuple[str, ...] = ("ja", "ru")
    rate: float = 1e-5


class Other(Recipe):
    METHOD: ClassVar[str] = "other"


def _checkpoint(checkpoints: Checkpoints, step: int, whole: bool = True) -> Path:
    folder = checkpoints.folder / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_text("weights")
    if whole:
        (folder / "trainer_state.json").write_text("{}")
    return folder


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "model", Recipe(), "data")


@pytest.mark.parametrize("resume", [True, False])
def test_a_beginning(checkpoints: Checkpoints, tmp_path: Path, resume: bool) -> None:
    assert checkpoints.open(resume) is None
    assert checkpoints.folder == tmp_path / "model.checkpoints"
    about = json.loads((checkpoints.folder / "training.json").read_text())
    assert about["recipe"] == {"base": "a", "languages": ["ja", "ru"], "rate": 1e-5}
    assert (about["method"], about["data"]) == ("try", "data")
    checkpoints.delete()
    assert list(tmp_path.iterdir()) == []


def test_the_last_whole_checkpoint_is_taken(checkpoints: Checkpoints) -> None:
    checkpoints.open(False)
    _checkpoint(checkpoints, 9)
    last = _checkpoint(checkpoints, 100)  # not by name: 9 > 100
    _checkpoint(checkpoints, 200, whole=False)  # killed while it was written
    assert checkpoints.open(True) == last


def test_without_resume_it_is_refused_and_kept(checkpoints: Checkpoints) -> None:
    checkpoints.open(False)
    last = _checkpoint(checkpoints, 1)
    with pytest.raises(XqgError, match=r"model.checkpoints: holds a training that was interrupted at step 1; .* `resume`"):
        checkpoints.open(False)
    assert (last / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("recipe", "data", "message"),
    [
        (Recipe(rate=1.0), "data", "its training had another rate; give the recipe as it was"),
        (Recipe(base="b", languages=()), "other", "its training had another base and languages; give the recipe"),
        (Other(), "data", "its training had another method; give the recipe"),
        (Recipe(), "other", "its training had other data; give the data as it was"),
    ],
)
def test_another_training_is_refused(
    checkpoints: Checkpoints, tmp_path: Path, recipe: Recipe, data: str, message: str
) -> None:
    checkpoints.open(False)
    last = _checkpoint(checkpoints, 1)
    with pytest.raises(XqgError, match=message) as error:
        Checkpoints(tmp_path / "model", recipe, data).open(True)
    assert "\n" not in str(error.value)
    assert checkpoints.open(True) == last


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"method": "try", "recipe": 5, "data": "data"}'])
def test_a_broken_note_is_refused(checkpoints: Checkpoints, text: str) -> None:
    checkpoints.open(False)
    _checkpoint(checkpoints, 1)
    (checkpoints.folder / "training.json").write_text(text)
    with pytest.raises(XqgError, match=r"training.json: broken or missing; delete .*model.checkpoints to begin anew"):
        checkpoints.open(True)


def test_leavings_without_a_whole_checkpoint_are_swept(checkpoints: Checkpoints) -> None:
    checkpoints.open(False)
    _checkpoint(checkpoints, 7, whole=False)
    assert checkpoints.open(False) is None
    assert [path.name for path in checkpoints.folder.iterdir()] == ["training.json"]


def test_nobodys_own_files_are_deleted(checkpoints: Checkpoints) -> None:
    checkpoints.folder.mkdir()
    assert checkpoints.open(False) is None  # an empty folder is nobody's
    checkpoints.delete()
    checkpoints.folder.mkdir()
    (checkpoints.folder / "thesis.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(XqgError, match=r"model.checkpoints: in the way of checkpoints, and no training's; move it"):
            checkpoints.open(resume)
    assert (checkpoints.folder / "thesis.txt").read_text() == "mine"


def test_a_file_in_the_way(checkpoints: Checkpoints) -> None:
    checkpoints.folder.write_text("mine")
    with pytest.raises(XqgError, match=r"model.checkpoints: cannot be made"):
        checkpoints.open(False)
    assert checkpoints.folder.read_text() == "mine"
