"""Verifying an index: every damaged file is found and named, whatever is damaged."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import lance
import pytest

from tiny_damage import (
    DATA,
    VERSIONS,
    files,
    four_versions,
    manifest_of,
    named,
    only,
)
from xqg.errors import XqgError
from xqg.index.checksums import dataset_files
from xqg.index.verify import verify
from xqg.index.versions import manifests, read_version


@pytest.fixture
def index(build, fake_encoder) -> Path:
    return four_versions(build, fake_encoder)


def test_a_sound_index(index: Path) -> None:
    seen: list[int] = []
    report = verify(index, lambda now: seen.append(now.passages))
    assert report.ok
    assert report.notes == []
    assert (report.version, report.passages) == (4, 7)
    assert report.files == len(dataset_files(index))
    assert report.bytes == sum(dataset_files(index).values())
    assert seen == sorted(seen)
    assert seen[-1] == 7


def test_nothing_is_changed(index: Path) -> None:
    before = {file: file.read_bytes() for file in files(index)}
    verify(index)
    assert {file: file.read_bytes() for file in files(index)} == before


def test_which_files_a_version_needs(index: Path) -> None:
    """What is read from Lance's fragments is what Lance itself tells."""
    dataset = lance.dataset(index / "passages.lance")
    for row in manifests(index).items():
        state = read_version(index, *row)
        told = [
            one for one in dataset.tracked_files().read_all().to_pylist() if one["version"] == state.number
        ]
        assert state.all_files == {f"passages.lance/{one['path']}" for one in told}


def test_one_byte_of_any_file(index: Path) -> None:
    for file in files(index):
        whole = file.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            file.write_bytes(damaged)
            name = file.relative_to(index).as_posix()
            problem = only(verify(index))
            assert (problem.where, problem.what.split(":")[0]) == (name, "damaged"), place
            assert "backup" in problem.remedy
        file.write_bytes(whole)
    assert verify(index).ok


@pytest.mark.parametrize("keep", [0, 1, -1])
def test_any_file_cut_short(index: Path, keep: int) -> None:
    for file in files(index / "passages.lance"):
        whole = file.read_bytes()
        file.write_bytes(whole[:keep])
        problem = only(verify(index))
        assert problem.where == file.relative_to(index).as_posix()
        assert problem.what == f"cut short: {len(whole[:keep])} bytes of {len(whole)}"
        file.write_bytes(whole)


def test_any_file_gone_or_longer(index: Path) -> None:
    for file in files(index):
        whole = file.read_bytes()
        file.unlink()
        problem = only(verify(index))
        assert problem.where == file.relative_to(index).as_posix()
        assert problem.what.startswith("missing")
        file.write_bytes(whole + b"\0")
        assert named(verify(index)) == {file.relative_to(index).as_posix()}
        file.write_bytes(whole)


def test_without_checksums_files_that_are_gone_are_found(index: Path) -> None:
    (index / "checksums.json").unlink()
    file = next((index / DATA).iterdir())
    file.unlink()
    assert named(verify(index)) == {"checksums.json", file.relative_to(index).as_posix()}


def test_without_checksums_a_version_that_cannot_be_opened(index: Path) -> None:
    (index / "checksums.json").unlink()
    manifest_of(index, 2).write_bytes(b"no manifest at all")
    report = verify(index)
    assert named(report) == {"checksums.json", "version 2"}
    assert "cannot be opened" in report.problems[1].what


def test_without_checksums_data_that_cannot_be_read(index: Path) -> None:
    (index / "checksums.json").unlink()
    for file in (index / DATA).iterdir():
        file.write_bytes(b"no data at all")
    report = verify(index)
    assert named(report) == {"checksums.json", "version 4"}


def test_checksums_of_another_index(index: Path, build) -> None:
    shutil.copy(build("other").path / "checksums.json", index / "checksums.json")
    problem = only(verify(index))
    assert problem.where == "checksums.json"
    assert "another index" in problem.what


def test_folders_that_are_no_index(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(XqgError, match="not an index"):
            verify(path)


def test_a_dataset_without_a_version(index: Path) -> None:
    for file in (index / VERSIONS).iterdir():
        os.unlink(file)
    (index / "checksums.json").unlink()
    assert named(verify(index)) == {"checksums.json", "versions"}
