"""Generated queries as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.queries import GeneratedQuery, queries_by_language, read_queries, write_queries

QUERIES = [
    GeneratedQuery("en:0:0", "ja", "東京の人口は\u2028", 3, "mt5"),
    GeneratedQuery("en:0:0", "ru", "", 3, "mt5"),
    GeneratedQuery("en:0:0", "ja", 'a "b"\n', 3, "mt5"),
]


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "queries.jsonl"
    write_queries(path, QUERIES)
    assert read_queries(path) == QUERIES
    first = json.loads(path.read_bytes().splitlines()[0])
    assert first == {
        "passage_id": "en:0:0",
        "language": "ja",
        "text": "東京の人口は\u2028",
        "seed": 3,
        "generator": "mt5",
    }
    assert [file.name for file in path.parent.iterdir()] == ["queries.jsonl"]


def test_seed_and_generator_may_be_absent(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"passage_id": 7, "language": "en", "text": "a"}\n\n')
    assert read_queries(path) == [GeneratedQuery("7", "en", "a", 0, "unknown")]


def test_by_language() -> None:
    assert queries_by_language(QUERIES) == {
        "ja": {"en:0:0": ["東京の人口は\u2028", 'a "b"\n']},
        "ru": {"en:0:0": [""]},
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"language": "en", "text": "a"}, "no 'passage_id'"),
        ({"passage_id": "a", "text": "a"}, "no 'language'"),
        ({"passage_id": "a", "language": "en"}, "no 'text'"),
        ({"passage_id": "a", "language": "qqq", "text": "a"}, "unknown language code 'qqq'"),
        ({"passage_id": "a", "language": "en", "text": 1}, "'text' must be a string"),
        ({"passage_id": "a", "language": "en", "text": "a", "seed": "1"}, "'seed' must be a whole number"),
        ({"passage_id": "a", "language": "en", "text": "a", "seed": True}, "'seed' must be a whole number"),
        ({"passage_id": "a", "language": "en", "text": "a", "generator": 1}, "'generator' must be a string"),
        (["a"], "not a JSON object"),
    ],
)
def test_wrong_lines_are_named(row: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    good = {"passage_id": "a", "language": "en", "text": "a"}
    path.write_text(json.dumps(good) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(XqgError) as caught:
        read_queries(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)


def test_empty_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("\n")
    with pytest.raises(XqgError, match="no generated query"):
        read_queries(tmp_path / "q.jsonl")
    with pytest.raises(XqgError, match="no such file"):
        read_queries(tmp_path / "r.jsonl")
