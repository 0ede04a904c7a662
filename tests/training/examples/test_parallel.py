"""Reading parallel sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.training.examples.parallel import ParallelPair, read_parallel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "en-de.tsv").write_text("A cat.\tEine Katze.\nA dog.\tEin Hund.\n\nA cat.\tEine Katze.\n")
    (tmp_path / "inner" / "en-ja.tsv").write_text("A cat. \t猫\r\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("no sentences")
    return tmp_path


def test_a_folder_is_searched_through_and_pairs_come_once(folder: Path) -> None:
    cat, dog = ParallelPair("A cat.", "Eine Katze.", "de"), ParallelPair("A dog.", "Ein Hund.", "de")
    assert read_parallel([str(folder)]) == [cat, dog, ParallelPair("A cat.", "猫", "ja")]
    assert read_parallel([str(folder / "en-de.tsv"), str(folder)], ["de"]) == [cat, dog]


def test_what_cannot_be_read(folder: Path) -> None:
    with pytest.raises(XqgError, match=r"no sentences in 'ru'; there are de, ja"):
        read_parallel([str(folder)], ["de", "ru"])
    for path in (folder / "README.md", folder / "absent", folder / "en-fr.tsv"):
        with pytest.raises(XqgError, match=r"no file en-XX\.tsv of parallel sentences"):
            read_parallel([str(path)])
    (folder / "en-qq.tsv").write_text("a\tb\n")
    with pytest.raises(XqgError, match="unknown language code 'qq'"):
        read_parallel([str(folder / "en-qq.tsv")])


@pytest.mark.parametrize("line", [b"one text", b"a\tb\tc", b"a\t ", b"\tb", b"caf\xe9\tKaffee"])
def test_malformed_lines(folder: Path, line: bytes) -> None:
    path = folder / "en-de.tsv"
    path.write_bytes(b"A cat.\tEine Katze.\n" + line + b"\n")
    with pytest.raises(XqgError, match=r"en-de\.tsv:2: "):
        read_parallel([str(path)])
