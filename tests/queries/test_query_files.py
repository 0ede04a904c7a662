"""Files of generated queries: Parquet, and folders."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xqg.errors import XqgError
from xqg.queries import GeneratedQuery, read_queries, write_queries

QUERIES = [GeneratedQuery("a", "ja", "東京", 3, "mt5"), GeneratedQuery("b", "ru", " ", 0, "unknown")]


def test_parquet_of_the_own_columns(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    pq.write_table(pa.Table.from_pylist([asdict(query) for query in QUERIES]), path)
    assert read_queries(path) == QUERIES


def test_parquet_of_both_layouts_has_nulls(tmp_path: Path) -> None:
    hub = {"docid": "c", "generated_queries": ["x"], "lang": "te"}
    rows = [asdict(QUERIES[0]), hub]
    columns = {key: [row.get(key) for row in rows] for key in {**rows[0], **hub}}
    pq.write_table(pa.table(columns), tmp_path / "q.parquet")
    assert read_queries(tmp_path / "q.parquet") == [QUERIES[0], GeneratedQuery("c", "te", "x")]


def test_a_wrong_row_of_parquet_is_named_beyond_the_first_batch(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    languages = ["ja"] * 1499 + ["jp"]
    table = pa.table({"passage_id": ["a"] * 1500, "language": languages, "text": ["x"] * 1500})
    pq.write_table(table, path)
    with pytest.raises(XqgError) as caught:
        read_queries(path)
    assert str(caught.value).startswith(f"{path}: row 1500: unknown language code 'jp'")


def test_parquet_without_the_columns_or_rows(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    pq.write_table(pa.table({"other": [1]}), path)
    with pytest.raises(XqgError, match=r"q\.parquet: row 1: no 'passage_id'"):
        read_queries(path)
    pq.write_table(pa.table({"passage_id": pa.array([], pa.string())}), path)
    with pytest.raises(XqgError, match="no generated query in it"):
        read_queries(path)


def test_damaged_and_missing_parquet(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    with pytest.raises(XqgError, match="no such file"):
        read_queries(path)
    pq.write_table(pa.Table.from_pylist([asdict(query) for query in QUERIES]), path)
    whole = path.read_bytes()
    for damaged in (b"", b"PAR1", whole[:-9], whole[:40] + b"\xff" * 60 + whole[100:]):
        path.write_bytes(damaged)
        with pytest.raises(XqgError) as caught:
            read_queries(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


def test_a_folder_is_its_files_in_order(tmp_path: Path) -> None:
    hub = json.dumps({"docid": "a", "generated_queries": ["x"]}) + "\n"
    (tmp_path / "fi.json").write_text(hub)
    (tmp_path / "te.jsonl.gz").write_bytes(gzip.compress(hub.encode()))
    write_queries(tmp_path / "own.jsonl", QUERIES)
    pq.write_table(pa.table({"docid": ["b"], "generated_queries": [["y"]]}), tmp_path / "bn.parquet")
    for name in ("README.md", ".hidden.jsonl", "meta.yaml", "settings.json"):  # the last: of a comparison
        (tmp_path / name).write_text("not queries\n")
    (tmp_path / "empty.jsonl").write_text("\n")  # one file may be empty, all may not
    assert read_queries(tmp_path) == [
        GeneratedQuery("b", "bn", "y"),
        GeneratedQuery("a", "fi", "x"),
        *QUERIES,
        GeneratedQuery("a", "te", "x"),
    ]


def test_a_wrong_row_in_a_folder_names_its_file(tmp_path: Path) -> None:
    write_queries(tmp_path / "a.jsonl", QUERIES)
    (tmp_path / "b.jsonl").write_text('{"passage_id": "a"}\n')
    with pytest.raises(XqgError, match=r"b\.jsonl:1: no 'language'"):
        read_queries(tmp_path)


def test_a_folder_without_queries(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no file of generated queries in this folder"):
        read_queries(tmp_path)
    (tmp_path / "a.jsonl").write_text("")
    with pytest.raises(XqgError, match="no generated query in it"):
        read_queries(tmp_path)
