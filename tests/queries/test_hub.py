"""Generated queries in the layout of the authors' hub dataset."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xqg.errors import XqgError
from xqg.queries import GeneratedQuery, read_queries

BY_LANGUAGE = {"docid": "a", "generated_queries": {"ja": ["東京", " "], "ru": ["Где?"], "fi": []}}
FOUND = [
    GeneratedQuery("a", "ja", "東京"),
    GeneratedQuery("a", "ja", " "),
    GeneratedQuery("a", "ru", "Где?"),
]


def _write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_queries_by_language(tmp_path: Path) -> None:
    other = {"docid": 7, "generated_queries": {"ja": ["x"], "ru": None}}
    path = _write(tmp_path / "q.jsonl", BY_LANGUAGE, other)
    assert read_queries(path) == [*FOUND, GeneratedQuery("7", "ja", "x")]


@pytest.mark.parametrize("key", ["language", "lang"])
def test_one_language_named_by_the_row(key: str, tmp_path: Path) -> None:
    # The row says more than the file's name.
    path = _write(tmp_path / "ja.jsonl", {"docid": "a", "generated_queries": ["x", "y"], key: "fi"})
    assert read_queries(path) == [GeneratedQuery("a", "fi", "x"), GeneratedQuery("a", "fi", "y")]


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("ja.jsonl", "ja"),
        ("queries.ja.jsonl", "ja"),
        ("q.zh-Hant.json", "zh-Hant"),
        ("my.queries.te.jsonl", "te"),
    ],
)
def test_one_language_named_by_the_file(name: str, language: str, tmp_path: Path) -> None:
    path = _write(tmp_path / name, {"docid": "a", "generated_queries": ["x"]})
    assert read_queries(path) == [GeneratedQuery("a", language, "x")]


@pytest.mark.parametrize("name", ["queries.jsonl", "my.queries.jsonl", "ja-queries.jsonl", "jsonl"])
def test_no_language(name: str, tmp_path: Path) -> None:
    path = _write(tmp_path / name, {"docid": "a", "generated_queries": ["x"]})
    with pytest.raises(XqgError) as caught:
        read_queries(path)
    assert str(caught.value) == (
        f"{path}:1: no language; give the row a 'language', or name the file for it, such as ja.jsonl"
    )


def test_a_row_without_queries_needs_no_language(tmp_path: Path) -> None:
    path = _write(tmp_path / "q.jsonl", {"docid": "b", "generated_queries": []}, BY_LANGUAGE)
    assert read_queries(path) == FOUND


def test_both_layouts_in_one_file(tmp_path: Path) -> None:
    own = {"passage_id": "b", "language": "te", "text": "x", "seed": 3, "generator": "mt5"}
    path = _write(tmp_path / "q.jsonl", own, BY_LANGUAGE, own)
    query = GeneratedQuery("b", "te", "x", 3, "mt5")
    assert read_queries(path) == [query, *FOUND, query]


def test_generator_and_seed_of_a_row(tmp_path: Path) -> None:
    path = _write(tmp_path / "q.jsonl", {**BY_LANGUAGE, "generator": "mt5", "seed": 2})
    assert {(query.generator, query.seed) for query in read_queries(path)} == {("mt5", 2)}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"generated_queries": {"ja": ["x"]}}, "no 'docid'"),
        ({"docid": "a"}, "no 'generated_queries'; every row with a docid needs them"),
        ({"docid": "a", "generated_queries": "x"}, "must be lists by language, or one list, not str"),
        ({"docid": "a", "generated_queries": {"ja": "x"}}, "in ja must be a list of strings, not str"),
        ({"docid": "a", "generated_queries": {"Japanese": ["x"]}}, "unknown language code 'Japanese'"),
        ({"docid": "a", "generated_queries": ["x"], "lang": "jp"}, "unknown language code 'jp'"),
        ({"docid": "a", "generated_queries": {"id": [1]}}, "'id query 1' must be a string, not int"),
        ({"docid": "a", "generated_queries": {"ja": [None]}}, "no 'ja query 1'"),
        ({"docid": "a", "generated_queries": {"ja": [["x"]]}}, "'ja query 1' must be a string, not list"),
        ({"docid": "a", "generated_queries": {"ja": ["x"]}, "seed": "1"}, "'seed' must be a whole number"),
        ({"docid": "a", "generated_queries": {"ja": ["x"]}, "generator": 1}, "'generator' must be a string"),
        ({"docid": ["a"], "generated_queries": {"ja": ["x"]}}, "'docid' must be a string, not list"),
    ],
)
def test_wrong_rows_are_named(row: dict[str, object], message: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "q.jsonl", BY_LANGUAGE, row)
    parquet = tmp_path / "q.parquet"
    with pytest.raises(XqgError) as caught:
        read_queries(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)
    pq.write_table(pa.Table.from_pylist([row]), parquet)
    with pytest.raises(XqgError) as again:
        read_queries(parquet)
    assert str(again.value) == f"{parquet}: row 1: " + str(caught.value).removeprefix(f"{path}:2: ")


@pytest.mark.parametrize("as_map", [False, True])
def test_parquet_by_language(as_map: bool, tmp_path: Path) -> None:
    queries = [{"ja": ["東京", " "], "ru": ["Где?"], "fi": []}, {"te": ["x"]}]
    # As a struct it has every language in every row, most of them null.
    column = pa.array(queries)
    if as_map:
        kind = pa.map_(pa.string(), pa.list_(pa.string()))
        column = pa.array([list(of_one.items()) for of_one in queries], kind)
    table = pa.table({"docid": ["a", "b"], "generated_queries": column})
    pq.write_table(table, tmp_path / "q.parquet")
    assert read_queries(tmp_path / "q.parquet") == [*FOUND, GeneratedQuery("b", "te", "x")]


def test_parquet_of_one_language(tmp_path: Path) -> None:
    pq.write_table(pa.table({"docid": [7], "generated_queries": [["x"]]}), tmp_path / "ja.parquet")
    assert read_queries(tmp_path / "ja.parquet") == [GeneratedQuery("7", "ja", "x")]
