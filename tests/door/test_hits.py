"""Hits and reports as they show themselves, in a terminal and in a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import xqg
from tiny_index import FakeEncoder

ROWS = [
    {"_id": "a", "title": "A <b>", "text": "first & " + "long " * 50, "year": 2000},
    {"_id": "bb", "text": "second\nline"},
]


@pytest.fixture
def index(tmp_path: Path) -> xqg.Index:
    return xqg.Index.build(tmp_path / "index", ROWS, encoder=FakeEncoder(), progress=False)


def test_hits_in_a_terminal(index: xqg.Index) -> None:
    hits = index.search("A <b> " + str(ROWS[0]["text"]))
    first, second, third = repr(hits).splitlines()
    assert first.split() == ["rank", "score", "id", "passage"]
    assert second.startswith("   1  ")
    assert "  a   A <b>: first & long long" in second
    assert second.endswith("…")
    assert third.endswith("  bb  second line")
    assert max(map(len, (first, second, third))) < 100
    assert repr(index.search("x", where="year > 3000")) == "no hits"


def test_hits_in_a_notebook(index: xqg.Index) -> None:
    html = index.search("x")._repr_html_()
    assert html.startswith("<table><thead><tr><th>rank</th><th>score</th><th>id</th><th>title</th><th>text</th></tr>")
    assert "<td>A &lt;b&gt;</td><td>first &amp; long" in html
    assert html.count("<tr>") == 3


def test_hits_as_json(index: xqg.Index) -> None:
    rows = json.loads(json.dumps(index.search("x").to_json()))
    assert {row["id"]: row["fields"] for row in rows} == {"a": {"year": 2000}, "bb": {}}
    assert list(rows[0]) == ["rank", "score", "id", "title", "text", "language", "fields"]


def test_hits_with_queries_as_json(tmp_path: Path) -> None:
    rows = [{"_id": "a", "text": "first"}]
    queries = [{"passage_id": "a", "language": "ja", "text": "質問"}]
    index = xqg.Index.build(tmp_path / "index", rows, encoder=FakeEncoder(), queries=queries, progress=False)
    row = index.search("x", k=1, queries=True).to_json()[0]
    assert "fields" not in row
    assert list(row["queries"][0]) == ["similarity", "language", "text"]


def test_an_index(index: xqg.Index) -> None:
    assert repr(index) == f"Index {index.path}: 2 passages, no generated queries, version 1"
    html = index._repr_html_()
    assert html.startswith("<table><tbody><tr><td>index</td><td>")
    assert "<td>passages</td><td>2 in en</td>" in html


def test_facts_and_history(index: xqg.Index) -> None:
    info = index.info()
    assert str(info).splitlines()[1].split() == ["passages", "2", "in", "en"]
    assert json.loads(json.dumps(info))["version"] == 1
    assert info._repr_html_() == index._repr_html_()
    index.remove("a")
    history = index.history()
    assert str(history).splitlines()[2].split()[3:] == ["1", "remove", "removed", "1"]
    assert history._repr_html_().startswith("<table><thead><tr><th>version</th>")
    assert [row["command"] for row in json.loads(json.dumps(history.to_json()))] == ["index", "remove"]


def test_a_report_of_a_check(index: xqg.Index) -> None:
    report = index.verify(progress=False)
    assert str(report).endswith(": all well")
    [file, *_] = sorted((index.path / "passages.lance" / "data").iterdir())
    file.write_bytes(b"x" + file.read_bytes()[1:])
    report = xqg.door.verify(index.path, progress=False)
    assert not report.ok
    assert str(report).count("\n") == len(report.problems) + len(report.notes) - 1
