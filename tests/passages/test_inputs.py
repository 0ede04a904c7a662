"""Passages and questions from paths, lists and generators."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage, PassageFile, PassageList, Question, as_passages, as_questions

ROWS = [
    {"_id": "a", "title": "A", "text": "first", "year": 1},
    {"_id": "b", "text": "second", "language": "ja", "year": 2.5},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_the_same_passages_from_everywhere(corpus: Path) -> None:
    of_file = as_passages(corpus, "fi")
    assert isinstance(of_file, PassageFile)
    objects = list(of_file)
    for given in (str(corpus), corpus.parent, ROWS, tuple(ROWS), iter(ROWS), objects, (one for one in objects)):
        found = as_passages(given, "fi")
        assert list(found) == list(found) == objects
        assert (found.digest, found.fields, found.languages) == (of_file.digest, {"year": "double"}, ("fi", "ja"))
    assert as_passages(of_file) is of_file


def test_id_stands_for_underscore_id() -> None:
    [found] = as_passages([{"id": "a", "text": "t"}])
    assert found == Passage("a", "", "t", "en")
    with pytest.raises(XqgError, match="field 'id' has a name that xqg keeps"):
        as_passages([{"id": "x", "_id": "a", "text": "t"}])


def test_bad_ones_are_passed_over_where_asked() -> None:
    found = as_passages([*ROWS, {"_id": "a", "text": "again"}, {"_id": "c", "text": ""}], skip_bad=True)
    assert isinstance(found, PassageList)
    assert [(row.line, row.reason.split(";")[0]) for row in found.bad] == [
        (3, "_id 'a' occurs a second time"),
        (4, "passage 'c' is empty"),
    ]
    assert json.loads(found.bad[1].raw) == {"_id": "c", "text": ""}
    with pytest.raises(XqgError, match=r"`passages`: passage 'c' is empty; .* \(none of the 1 is good\)"):
        as_passages([{"_id": "c", "text": ""}], skip_bad=True)


def test_questions_and_their_languages(tmp_path: Path) -> None:
    rows = [{"_id": "q1", "text": "Who?"}, {"_id": "q2", "text": "誰?", "language": "ja", "answers": ["x"]}]
    path = tmp_path / "queries.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    expected = [Question("q1", "Who?", "en"), Question("q2", "誰?", "ja", ("x",))]
    for given in (path, tmp_path, rows, iter(rows)):
        assert as_questions(given) == (expected, [None, "ja"])
    assert as_questions(expected) == (expected, ["en", "ja"])
    assert as_questions(rows, "fi")[1] == ["fi", "ja"]
    assert as_questions(["Who?", {"id": "x", "text": "What?"}])[0] == [Question("1", "Who?", "en"), Question("x", "What?", "en")]


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (3, "`questions` is a int; give a path, or a list of texts, Question or dictionaries"),
        (Question("q", "Who?", "en"), "`questions` is a Question; give a path, or a list"),
        ([], "`questions` holds no question; give one or more"),
        (["Who?", ""], "`questions`:2: question '2' is empty"),
        (["Who?", {"id": "1", "text": "What?"}], "`questions`:2: _id '1' occurs a second time"),
        ([3], "`questions`:1: a int; each must be a text, a Question, or a dictionary with _id and text"),
        ("none", "none: no such file; give a JSONL file or a BEIR folder of questions"),
    ],
)
def test_no_questions(questions: object, says: str) -> None:
    with pytest.raises(XqgError) as error:
        as_questions(questions)  # type: ignore[arg-type]
    assert says in str(error.value)
