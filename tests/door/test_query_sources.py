"""Queries that are there for an index: what is said of them, and that they are not held in memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xqg.door.query_sources import written_queries
from xqg.errors import XqgError
from xqg.passages import Passage
from xqg.queries import GeneratedQuery

INDEX: Any = SimpleNamespace(manifest=SimpleNamespace(generation=SimpleNamespace(block_size=64)))
QUERIES = [
    GeneratedQuery("b", "ja", "質問", 1, "one"),
    GeneratedQuery("a", "ja", "x", 1, "one"),
    GeneratedQuery("a", "fi", "mitä", 2, "two"),
]


def test_those_in_some_languages() -> None:
    source = written_queries(QUERIES, INDEX, ["fi"])
    assert source.languages == ("fi",)
    assert source.generation.generators == ("two",)
    found = source.texts([Passage(id_, "", "t", "en") for id_ in "ba"], 0, Path(), lambda number: None)
    assert found == {"fi": [[], ["mitä"]]}
    with pytest.raises(XqgError, match=r"`queries`: no query in 'sv'; choose `languages` from fi, ja"):
        written_queries(QUERIES, INDEX, ["sv"])


def test_the_same_queries_have_the_same_settings() -> None:
    """An interrupted change goes on by these."""
    one, again = written_queries(QUERIES, INDEX, None), written_queries(QUERIES[:], INDEX, None)
    assert one.settings() == again.settings()
    assert one.settings() != written_queries(QUERIES[:2], INDEX, None).settings()
    assert one.settings()["languages"] == ["fi", "ja"]


def test_the_first_stray_one_is_named() -> None:
    source = written_queries(QUERIES[:2], INDEX, None)
    source.check_passages(["a", "b"])
    with pytest.raises(XqgError, match=r"^generated queries \(ja\) for passage 'b', which is not among the passages"):
        source.check_passages([])


def test_a_file_is_not_held_in_memory(tmp_path: Path) -> None:
    path, text = tmp_path / "queries.jsonl", "what " * 40
    with path.open("w", encoding="utf-8") as file:
        for number in range(20_000):
            row = {"passage_id": f"p{number}", "language": "fi", "text": f"{text}{number}"}
            file.write(json.dumps(row) + "\n")
    tracemalloc.start()
    source = written_queries(path, INDEX, None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert source.generation.generators == (str(path),)
    assert peak < 1_000_000 < path.stat().st_size
