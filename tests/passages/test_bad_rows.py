"""The side file of rows that were passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.passages import BadRow, PassageFile, write_bad_rows


def test_there_and_back(tmp_path: Path) -> None:
    source = tmp_path / "t.jsonl"
    source.write_bytes(b'{"_id": "a", "text": "x"}\n{"_id": "b", "text": "\xe4\xe6\x97\xa5"}\r\n{"_id":\n')
    path = tmp_path / "new" / "bad.jsonl"
    write_bad_rows(path, source, PassageFile(source, skip_bad=True).bad)
    first, second = (json.loads(line) for line in path.read_bytes().splitlines())
    assert first == {
        "file": str(source),
        "line": 2,
        "reason": "not UTF-8; convert the file to UTF-8",
        "row": '{"_id": "b", "text": "\\xe4日"}',
    }
    assert (second["line"], second["row"]) == (3, '{"_id":')
    assert [file.name for file in path.parent.iterdir()] == ["bad.jsonl"]


def test_half_a_surrogate_pair_has_a_form_in_the_file(tmp_path: Path) -> None:
    write_bad_rows(tmp_path / "bad.jsonl", "t.jsonl", [BadRow(1, "why", "\udce4")])
    assert json.loads((tmp_path / "bad.jsonl").read_bytes())["row"] == "\udce4"


def test_the_old_file_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    write_bad_rows(path, "t.jsonl", [BadRow(1, "why", "{")])
    before = path.read_bytes()

    def failing() -> object:
        yield BadRow(2, "why", "{")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bad_rows(path, "t.jsonl", failing())  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["bad.jsonl"]
