"""`xqg.generate`: queries in a list, and in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

import xqg
from stored_rows import rows_digest
from xqg.queries import GeneratedQuery, read_queries


def test_a_list_and_a_file_are_the_same(place: Path) -> None:
    how = {"generator": "mini", "languages": ["ja", "fi"], "per_language": 2, "progress": False}
    made = xqg.generate("passages.jsonl", **how)
    assert all(isinstance(one, GeneratedQuery) for one in made)
    assert [(one.passage_id, one.language) for one in made[:3]] == [("finland", "ja"), ("finland", "ja"), ("iceland", "ja")]
    assert xqg.generate("passages.jsonl", out="made.jsonl", **how) == made == read_queries("made.jsonl")
    assert not (place / "made.jsonl.parts").exists()


def test_an_index_of_generated_queries_is_that_of_the_generator(place: Path) -> None:
    queries = xqg.generate(
        "passages.jsonl", generator="mini", encoder="mini", languages="ja,fi", per_language=2, progress=False
    )
    index = xqg.Index.build("other", "passages.jsonl", encoder="mini", queries=queries, progress=False)
    assert rows_digest(index.stored) == rows_digest(xqg.Index.open("my-index").stored)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"per_language": 0}, "`per_language` is 0; give a whole number from 1 on, such as 5"),
        ({"seed": "0"}, "`seed` is '0'; give a whole number"),
        ({"passage_length": 8}, "`passage_length` counts an encoder's tokens; name `encoder` too"),
        ({"languages": 3}, "`languages` is 3"),
        ({"out": "passages.jsonl"}, "passages.jsonl: already there; choose another `out` or delete it"),
        ({"dtype": None, "block_size": 0}, "`block_size` is 0"),
    ],
)
def test_refusals(place: Path, wrong: dict, says: str) -> None:
    with pytest.raises(xqg.XqgError) as error:
        xqg.generate("passages.jsonl", **{"generator": "mini", "languages": "ja", **wrong})
    assert says in str(error.value)
