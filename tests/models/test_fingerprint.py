"""A model's hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from xqg.models import fingerprint


def make(folder: Path) -> Path:
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "config.json").write_bytes(b"{}")
    (folder / "1_Pooling" / "config.json").write_bytes(b"cls")
    return folder


def test_names_and_contents_in_order(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"1_Pooling/config.json\x003\x00cls" + b"config.json\x002\x00{}")
    assert fingerprint(make(tmp_path / "a")) == fingerprint(make(tmp_path / "b")) == digest.hexdigest()


def test_what_counts_and_what_does_not(tmp_path: Path) -> None:
    folder = make(tmp_path / "model")
    before = fingerprint(folder)
    (folder / "README.md").write_text("new")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x").write_text("new")
    (folder / "checkpoint-100").mkdir()
    (folder / "checkpoint-100" / "model.safetensors").write_text("new")
    (folder / "optimizer.pt").write_text("new")
    assert fingerprint(folder) == before
    (folder / "config.json").write_bytes(b"[]")
    changed = fingerprint(folder)
    assert changed != before
    (folder / "config.json").rename(folder / "config2.json")
    assert fingerprint(folder) not in (before, changed)
