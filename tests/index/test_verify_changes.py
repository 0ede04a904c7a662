"""Verifying an index that a change was interrupted in, or that is being changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tiny_damage import (
    DATA,
    VERSIONS,
    four_versions,
    named,
    only,
)
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.checksums import HINT, seal
from xqg.index.compact import compact_index
from xqg.index.reweight import reweight_index
from xqg.index.verify import verify
from xqg.index.versions import manifests
from xqg.kept import locked
from xqg.passages import Passage


@pytest.fixture
def index(build, fake_encoder) -> Path:
    return four_versions(build, fake_encoder)


class Killed(BaseException):
    """As a kill would, it leaves everything as it is."""


def test_an_interrupted_change(index: Path, fake_encoder, monkeypatch) -> None:
    """Killed before its commit: what it is, and that its file is not damage."""

    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    def again() -> StoredIndex:
        return add_passages(index, [Passage("n2", "", "Another.", "en")], fake_encoder())

    monkeypatch.setattr("xqg.index.change.commit", kill)
    with pytest.raises(Killed):
        again()
    report = verify(index)
    problem = only(report)
    assert problem.where == "work"
    assert problem.what == "an interrupted `xqg add`, 1 segment done"
    assert "run the same command again" in problem.remedy
    assert len(report.notes) == 1
    assert (
        "belongs to no version, as interrupted changes leave them; the change goes on with them"
        in report.notes[0]
    )
    monkeypatch.undo()
    assert len(again()) == 8
    assert verify(index).ok


def test_killed_after_the_commit(index: Path, fake_encoder, monkeypatch) -> None:
    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr("xqg.index.change.seal", kill)
    with pytest.raises(Killed):
        reweight_index(index, alpha=0.7)
    report = verify(index)
    unlisted = [problem for problem in report.problems if problem.where != "work"]
    assert {problem.where for problem in report.problems} > {"work"}
    assert all("not in checksums.json, though version 5 refers to it" in problem.what for problem in unlisted)
    assert manifests(index)[5] in named(report)
    assert all("run its command again" in problem.remedy for problem in unlisted)
    monkeypatch.undo()
    reweight_index(index, alpha=0.7)
    assert verify(index).ok


def test_a_damaged_note_of_an_interrupted_change(index: Path) -> None:
    (index / "work").mkdir()
    (index / "work" / "work.json").write_text("{")
    problem = only(verify(index))
    assert problem.where == "work"
    assert problem.remedy == f"delete {index / 'work'} to give it up"


def test_a_change_under_way(index: Path) -> None:
    with locked(index, "busy"):
        report = verify(index)
    assert report.ok
    assert report.notes == ["another process is changing the index now; verify it again afterwards"]


def test_files_of_no_version(index: Path) -> None:
    (index / DATA / "left.lance").write_bytes(b"left by a kill")
    report = verify(index)
    assert report.ok
    [note] = report.notes
    assert note.startswith(f"{DATA}/left.lance belongs to no version")
    assert f"`xqg compact {index}` removes them" in note
    compact_index(index)
    assert verify(index).notes == []


def test_a_file_of_no_version_that_is_listed_and_damaged(index: Path) -> None:
    (index / DATA / "left.lance").write_bytes(b"left by a kill")
    seal(index, 4)
    assert verify(index).ok
    (index / DATA / "left.lance").write_bytes(b"left by a kilt")
    assert "`xqg compact" in only(verify(index)).remedy


@pytest.mark.parametrize("hint", [b"garbage", b"", b'{"version":99}', b'{"version":1}', b"[]", b"\xff"])
def test_a_wrong_hint_harms_nothing(index: Path, hint: bytes) -> None:
    """Lance opens the latest version all the same, and the next change writes the hint anew."""
    (index / VERSIONS / HINT).write_bytes(hint)
    assert StoredIndex.open(index).version == 4
    report = verify(index)
    assert report.ok
    assert "hint of the latest version" in report.notes[0]
    assert reweight_index(index, alpha=0.4).version == 5
    assert json.loads((index / VERSIONS / HINT).read_bytes()) == {"version": 5}
    assert verify(index).notes == []


def test_changed_while_it_is_verified(index: Path, monkeypatch) -> None:
    from xqg.index import verify as module

    def and_change(*arguments: Any) -> Any:
        monkeypatch.undo()
        reweight_index(index, alpha=0.5)
        return []

    monkeypatch.setattr(module, "check_rows", and_change)
    with pytest.raises(XqgError, match="was changed while it was verified; verify it again"):
        verify(index)


def test_a_build_that_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "index.parts").mkdir()
    with pytest.raises(XqgError, match=r"an interrupted `xqg index` is in .*index\.parts; run it again"):
        verify(tmp_path / "index")
