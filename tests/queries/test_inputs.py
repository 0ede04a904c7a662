"""Generated queries from paths, lists and dictionaries."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.queries import GeneratedQuery, queries_by_language, write_queries
from xqg.queries.inputs import as_queries

MADE = [GeneratedQuery("a", "ja", "質問", 3, "hand"), GeneratedQuery("b", "fi", " ", 3, "hand")]


def test_the_same_queries_from_everywhere(tmp_path: Path) -> None:
    write_queries(tmp_path / "made.jsonl", MADE)
    rows = [{"passage_id": one.passage_id, "language": one.language, "text": one.text, "seed": 3, "generator": "hand"} for one in MADE]
    for given in (tmp_path / "made.jsonl", str(tmp_path), MADE, iter(MADE), rows, [MADE[0], rows[1]]):
        assert list(as_queries(given)) == MADE
    by_language = queries_by_language(MADE)
    assert queries_by_language(as_queries(by_language)) == by_language


@pytest.mark.parametrize(
    ("queries", "says"),
    [
        (3, "`queries` is a int; give a path, a list of GeneratedQuery or of dictionaries, or a dictionary language"),
        ({"passage_id": "a"}, "`queries` is a dict; give a path, a list"),
        (MADE[0], "`queries` is a GeneratedQuery; give a path, a list"),
        ([], "`queries` holds no query; give one or more"),
        ({}, "`queries` holds no query"),
        (["text"], "`queries`:1: a str; each must be a GeneratedQuery, or a dictionary with passage_id, language and text"),
        ([{"passage_id": "a", "language": "xx", "text": "t"}], "`queries`:1: unknown language code 'xx'"),
        ({"ja": {"a": [3]}}, "`queries`:1: 'text' must be a string, not int"),
    ],
)  # fmt: skip
def test_no_queries(queries: object, says: str) -> None:
    with pytest.raises(XqgError) as error:
        list(as_queries(queries))  # type: ignore[arg-type]
    assert says in str(error.value)
