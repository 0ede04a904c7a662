"""JSONL files of passages and questions, good and broken ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage, Question, read_passages, read_questions

GOOD = '{"_id": "a", "text": "Tokyo."}'


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "texts.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_passages(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        '{"_id": "a", "title": "Japan", "text": "首都は東京。", "language": "ja", "metadata": {}}',
        "",
        '{"_id": 7, "text": "No title."}',
        '{"_id": "c", "title": null, "text": " kept as it is "}',
    )
    assert read_passages(path, "fi") == [
        Passage("a", "Japan", "首都は東京。", "ja"),
        Passage("7", "", "No title.", "fi"),
        Passage("c", "", " kept as it is ", "fi"),
    ]


def test_full_text() -> None:
    assert Passage("a", "Japan", "Tokyo.", "en").full_text == "Japan Tokyo."
    assert Passage("a", "", "Tokyo.", "en").full_text == "Tokyo."


def test_questions(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        '{"_id": "q", "text": "Где?", "language": "ru", "answers": ["Tokyo", "東京"]}',
        '{"_id": "r", "text": "Where?"}',
    )
    assert read_questions(path) == [
        Question("q", "Где?", "ru", ("Tokyo", "東京")),
        Question("r", "Where?", "en", ()),
    ]


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{GOOD}\r\n".encode())
    assert [passage.id for passage in read_passages(path)] == ["a"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"_id": "b", "text": ', "broken JSON"),
        ('["b", "text"]', "not a JSON object"),
        ("[" * 100_000, "broken JSON"),
        ('{"text": "no id"}', "no '_id'"),
        ('{"_id": "", "text": "empty id"}', "empty or has white space"),
        ('{"_id": "b c", "text": "blank in the id"}', "empty or has white space"),
        ('{"_id": "b\\u00a0c", "text": "so has this"}', "empty or has white space"),
        ('{"_id": true, "text": "odd id"}', "'_id' must be a string, not bool"),
        ('{"_id": "a", "text": "again"}', "'a' occurs a second time"),
        ('{"_id": "b"}', "no 'text'"),
        ('{"_id": "b", "text": 3}', "'text' must be a string, not int"),
        ('{"_id": "b", "text": " \\n"}', "'b' is empty"),
        ('{"_id": "b", "text": "\\ud800"}', "half a surrogate pair"),
        ('{"_id": "b", "text": "x", "language": "jp"}', "unknown language code 'jp'"),
    ],
)
def test_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = _file(tmp_path, GOOD, line)
    for read in (read_passages, read_questions):
        with pytest.raises(XqgError) as error:
            read(path)
        text = str(error.value)
        assert text.startswith(f"{path}:2: ")
        assert message in text
        assert "\n" not in text


def test_title_and_answers_of_the_wrong_type(tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps({"_id": "a", "text": "x", "title": ["Japan"], "answers": "Tokyo"}))
    with pytest.raises(XqgError, match=":1: 'title' must be a string, not list"):
        read_passages(path)
    with pytest.raises(XqgError, match=':1: "answers" must be a list of strings'):
        read_questions(path)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(GOOD.encode() + b'\n{"_id": "b", "text": "\xe4"}\n')
    with pytest.raises(XqgError, match=":2: not UTF-8"):
        read_passages(path)


def test_missing_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file; give a JSONL file of passages"):
        read_passages(tmp_path / "absent.jsonl")
    with pytest.raises(XqgError, match="is a folder"):
        read_questions(tmp_path)
    with pytest.raises(XqgError, match="no passage in it"):
        read_passages(_file(tmp_path, "", "  "))
    with pytest.raises(XqgError, match="no question in it"):
        read_questions(_file(tmp_path, ""))
