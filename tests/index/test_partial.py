"""The folder that appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.index.partial import partial_folder


def test_renamed_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with partial_folder(out) as folder:
        (folder / "file").write_text("x")
        assert not out.exists()
        assert folder == tmp_path / ".out.partial"
    assert (out / "file").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    (left / "data").mkdir(parents=True)
    (left / "data" / "old").write_text("x")
    with partial_folder(tmp_path / "out") as folder:
        assert not list(folder.iterdir())
    assert not list((tmp_path / "out").iterdir())


def test_two_builds_of_one_index(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with partial_folder(out) as folder:
        (folder / "file").write_text("x")
        with pytest.raises(XqgError, match="another process is building it"), partial_folder(out):
            pass
        assert (folder / "file").exists()
    assert (out / "file").exists()


def test_made_by_someone_else_meanwhile(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def build() -> None:
        with partial_folder(out):
            out.mkdir()
            (out / "theirs").write_text("x")

    with pytest.raises(XqgError, match="not empty"):
        build()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "theirs").exists()


def test_parent_missing_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="does not exist; create it"), partial_folder(tmp_path / "no" / "out"):
        pass
    (tmp_path / "file").write_text("x")
    with pytest.raises(XqgError, match="is a file"), partial_folder(tmp_path / "file"):
        pass
    with pytest.raises(XqgError, match="does not exist"), partial_folder(tmp_path / "file" / "out"):
        pass


def test_parent_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write anywhere: permissions prove nothing here
    with (
        pytest.raises(XqgError, match=r"cannot be made \(Permission denied\)"),
        partial_folder(tmp_path / "x"),
    ):
        pass
    assert not os.listdir(tmp_path)
