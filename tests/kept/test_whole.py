"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kept.living import in_, names, process
from xqg.errors import XqgError
from xqg.kept import atomic_path, locked, partial_folder, remove_folder


def test_a_file_takes_its_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for content in ("one", "two"):
        with atomic_path(path, sync=content == "two") as temporary:
            temporary.write_text(content)
            assert temporary.parent == path.parent
            assert not path.exists() or path.read_text() == "one"
        assert path.read_text() == content
        assert names(path.parent) == ["file"]


def test_a_folder_takes_its_name_at_the_end(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "folder", sync=True) as temporary:
        (temporary / "below").mkdir(parents=True)
        (temporary / "below" / "file").write_text("x")
    assert (tmp_path / "folder" / "below" / "file").read_text() == "x"
    assert names(tmp_path) == ["folder"]


def test_a_folder_takes_the_place_of_another_where_it_may(tmp_path: Path) -> None:
    def write(replace: bool) -> None:
        with atomic_path(tmp_path / "folder", replace=replace) as temporary:
            temporary.mkdir()
            (temporary / "new").write_text("x")

    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("x")
    with pytest.raises(OSError, match="not empty"):
        write(replace=False)
    assert names(tmp_path / "folder") == ["old"]
    write(replace=True)
    assert names(tmp_path / "folder") == ["new"]
    assert names(tmp_path) == ["folder"]


def test_a_folder_that_cannot_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, calls = os.replace, []

    def second_fails(*paths: Path) -> None:
        calls.append(paths)
        if len(calls) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        replace(*paths)

    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("x")
    monkeypatch.setattr(os, "replace", second_fails)

    def write() -> None:
        with atomic_path(tmp_path / "folder", replace=True) as temporary:
            temporary.mkdir()

    with pytest.raises(OSError, match="Input/output"):
        write()
    assert names(tmp_path) == ["folder"]
    assert names(tmp_path / "folder") == ["old"]


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_nothing(tmp_path: Path, kind: type[BaseException]) -> None:
    (tmp_path / "file").write_text("before")

    def write() -> None:
        with atomic_path(tmp_path / "file") as temporary:
            temporary.write_text("after")
            raise kind

    with pytest.raises(kind):
        write()
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "before"


def test_a_long_name_and_two_writers_of_it(tmp_path: Path) -> None:
    path = tmp_path / ("名" * 84)  # 252 bytes of 255
    with atomic_path(path) as one, atomic_path(path) as two:
        one.write_text("one")
        two.write_text("two")
    assert path.read_text() == "one"
    assert names(tmp_path) == [path.name]


def test_sync_syncs_content_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        events.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def noted_replace(*paths: Path) -> None:
        events.append("name")
        replace(*paths)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    with atomic_path(tmp_path / "file", sync=True) as temporary:
        temporary.write_text("x")
    assert events == ["file", "name", "folder"]
    events.clear()
    with atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("x")
    assert events == ["name"]


def test_renamed_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with partial_folder(out) as folder:
        (folder / "file").write_text("x")
        assert not out.exists()
        assert folder == tmp_path / ".out.partial"
        assert names(folder) == ["file"]
    assert names(out) == ["file"]
    assert names(tmp_path) == ["out"]


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
    assert names(tmp_path) == ["out"]
    assert (out / "theirs").exists()


def test_parent_missing_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="does not exist; create it"), partial_folder(tmp_path / "no" / "out"):
        pass
    (tmp_path / "file").write_text("x")
    with pytest.raises(XqgError, match="is a file"), partial_folder(tmp_path / "file"):
        pass
    with pytest.raises(XqgError, match="does not exist"), partial_folder(tmp_path / "file" / "out"):
        pass


@pytest.mark.parametrize("function", ["mkdir", "open"])
def test_parent_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may write anywhere: permissions prove nothing here.
    monkeypatch.setattr(*((Path, "mkdir") if function == "mkdir" else (os, "open")), refuse)
    with (
        pytest.raises(XqgError, match=r"cannot be made \(Permission denied\)"),
        partial_folder(tmp_path / "x"),
    ):
        pass
    assert not os.listdir(tmp_path)


def test_a_folder_is_removed_at_once_and_under_its_lock(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    (folder / "below").mkdir(parents=True)
    with locked(folder, "busy"):
        remove_folder(folder)
        assert not folder.exists()
        folder.mkdir()
        with locked(folder, "busy"):  # another folder
            assert names(folder) == [".lock"]
    assert names(tmp_path) == ["parts"]
    assert names(folder) == []
    lines = (
        "from xqg.kept import whole",
        "whole.remove = lambda path: (print('ready', flush=True), time.sleep(60))",  # a slow disk
        "kept.remove_folder(Path('parts'))",
    )
    with process(*in_(tmp_path, lines)):
        assert not folder.exists()
        assert len(names(tmp_path)) == 1
    with atomic_path(tmp_path / "file") as temporary:
        temporary.write_text("x")
    assert names(tmp_path) == ["file"]
