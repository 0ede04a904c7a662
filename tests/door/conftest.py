"""Three passages, and an index of them made with the mini models; a new copy of both for each test."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import xqg

PASSAGES = [
    {"_id": "finland", "title": "Finland", "text": "The currency of Finland is the Euro.", "year": 1917},
    {"_id": "iceland", "title": "Iceland", "text": "The official language of Iceland is Icelandic.", "year": 1944},
    {"_id": "japan", "title": "Japan", "text": "The official language of Japan is Japanese."},
]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with passages.jsonl, and my-index: two queries in ja and fi each, by the mini models."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "passages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in PASSAGES), encoding="utf-8")
    xqg.Index.build(
        folder / "my-index",
        folder / "passages.jsonl",
        encoder="mini",
        generator="mini",
        languages=["ja", "fi"],
        per_language=2,
        progress=False,
    )
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `built`, and the working folder."""
    folder = tmp_path / "place"
    shutil.copytree(built, folder)
    monkeypatch.chdir(folder)
    return folder
