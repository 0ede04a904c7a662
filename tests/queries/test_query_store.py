"""Generated queries kept in a file: the same as in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xqg.errors import XqgError
from xqg.index import GivenQueries
from xqg.queries import GeneratedQuery, queries_by_language
from xqg.queries.query_store import QueryStore

FOUND = [
    GeneratedQuery("b", "ja", "質問"),
    GeneratedQuery("b", "ja", " "),
    GeneratedQuery("a", "ja", "x"),
    GeneratedQuery("b", "ru", 'q "1"\n'),
    GeneratedQuery("b", "ja", "質問"),
]


def test_as_in_memory() -> None:
    store, memory = QueryStore(iter(FOUND)), queries_by_language(FOUND)
    assert {code: dict(found) for code, found in store.items()} == memory
    assert store["ja"]["b"] == ["質問", " ", "質問"]  # those that stand apart, too, in their order
    assert list(store["ja"]) == list(memory["ja"]) == ["b", "a"]  # the order of the file
    assert (len(store["ja"]), store.queries, store.passages) == (2, 5, 2)
    assert "c" not in store["ja"]
    assert "de" not in store


def test_the_digest_tells_files_apart() -> None:
    assert GivenQueries(QueryStore(FOUND)).settings() == GivenQueries(QueryStore(FOUND)).settings()
    for changed in (FOUND[:-1], [*FOUND[:-1], GeneratedQuery("b", "ja", "質")], FOUND[::-1]):
        assert QueryStore(changed).digest != QueryStore(FOUND).digest


@pytest.mark.parametrize(
    ("queries", "number"),
    [([], None), (FOUND[:2], 2), ([FOUND[2], FOUND[3], FOUND[0]], None), (FOUND[2:4], 1), (FOUND[:3], None)],
)
def test_queries_of_each_passage(queries: list[GeneratedQuery], number: int | None) -> None:
    assert QueryStore(queries).per_passage == number


def test_what_reading_raises_comes_through() -> None:
    def broken() -> Iterator[GeneratedQuery]:
        yield FOUND[0]
        raise XqgError("q.jsonl:2: broken")

    with pytest.raises(XqgError, match=r"^q\.jsonl:2: broken$"):
        QueryStore(broken())


def test_a_file_that_fails_is_told() -> None:
    store = QueryStore(FOUND)
    store._file.close()
    with pytest.raises(XqgError, match="set TMPDIR"):
        store["ja"]["a"]
