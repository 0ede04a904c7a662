"""Whose a folder is, and whole files in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.experiment.folder import (
    check_folder,
    claim,
    file_hash,
    read_json,
    setting_folder,
    versions,
    write_json,
)

IDENTITY: dict[str, Any] = {"benchmark": "tiny", "alpha": 0.01, "encoder": {"name": "e"}}


def test_a_folder_is_claimed_and_taken_up_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    claim(folder, IDENTITY)
    assert json.loads((folder / "settings.json").read_text()) == IDENTITY
    before = (folder / "settings.json").stat().st_mtime_ns
    claim(folder, IDENTITY)
    assert (folder / "settings.json").stat().st_mtime_ns == before


def test_tuples_are_lists_in_json(tmp_path: Path) -> None:
    claim(tmp_path, {**IDENTITY, "languages": ("fi", "ja")})
    claim(tmp_path, {**IDENTITY, "languages": ["fi", "ja"]})


def test_what_a_finished_run_added_is_no_difference(tmp_path: Path) -> None:
    claim(tmp_path, IDENTITY)
    write_json(tmp_path / "settings.json", {**IDENTITY, "results": {"kind": "comparison"}})
    claim(tmp_path, IDENTITY)
    assert json.loads((tmp_path / "settings.json").read_text())["results"] == {"kind": "comparison"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"alpha": 0.2}, "alpha is 0.01 there and 0.2 now"),
        ({"encoder": {"name": "f"}}, 'encoder is {"name": "e"} there and {"name": "f"} now'),
        ({"more": 1}, "more is null there and 1 now"),
        ({"benchmark": "long " * 20}, 'benchmark is "tiny" there and "long long'),
    ],
)
def test_another_comparison_is_refused(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    claim(tmp_path, IDENTITY)
    with pytest.raises(XqgError) as error:
        claim(tmp_path, {**IDENTITY, **change})
    assert f"{tmp_path} holds another comparison: {says}" in str(error.value)
    assert str(error.value).endswith("choose another `out` or delete it")
    with pytest.raises(XqgError, match=r"alpha is 0.01 there and null now"):
        claim(tmp_path, {"benchmark": "tiny", "encoder": {"name": "e"}})


@pytest.mark.parametrize("text", ["{", "[1]", "3", ""])
def test_a_broken_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(XqgError, match=r"settings.json: broken; delete .* or choose another `out`"):
        claim(tmp_path, IDENTITY)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(XqgError, match=r"cannot be written .*; choose another `out`"):
        claim(tmp_path / "file", IDENTITY)
    with pytest.raises(XqgError, match=r"cannot be written .*; choose another `out`"):
        claim(tmp_path / "file" / "below", IDENTITY)


def test_what_can_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(XqgError, match="file: is a file; choose another `out`"):
        check_folder(str(tmp_path / "file"))
    with pytest.raises(XqgError, match="`out` is 3; give the path of a folder, or leave it out"):
        check_folder(3)
    for fine in (None, tmp_path, str(tmp_path), tmp_path / "absent"):
        check_folder(fine)


def test_the_folder_of_a_setting(tmp_path: Path) -> None:
    assert setting_folder(tmp_path, 0, "raw-max") == tmp_path
    assert setting_folder(tmp_path, 1, "raw-max") == tmp_path / "variants" / "raw-max"


def test_json_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"ä": [1, 2]})
    assert "ä" in path.read_text(encoding="utf-8")
    assert read_json(path) == {"ä": [1, 2]}

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stops)
        with pytest.raises(KeyboardInterrupt):
            write_json(path, {"b": 1})
    assert read_json(path) == {"ä": [1, 2]}
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_of_a_folder_is_of_its_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "en").mkdir(parents=True)
        (folder / "en" / "a.jsonl").write_text("ab")
        (folder / "b.jsonl").write_text("c")
    assert file_hash(one) == file_hash(other)
    assert file_hash(one / "b.jsonl") == file_hash(other / "b.jsonl") != file_hash(one)
    (other / "b.jsonl").rename(other / "c.jsonl")
    assert file_hash(one) != file_hash(other)
    (other / "c.jsonl").rename(other / "b.jsonl")
    (other / "en" / "a.jsonl").write_text("a")
    (other / "b.jsonl").write_text("bc")  # the same bytes, cut elsewhere
    assert file_hash(one) != file_hash(other)
    with pytest.raises(XqgError, match="absent: cannot be read"):
        file_hash(tmp_path / "absent")


def test_versions() -> None:
    assert {"python", "xqg", "torch", "faiss-cpu"} <= set(versions())
