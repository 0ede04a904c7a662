"""Predicates: the ranking of the passages that they hold for, with any engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.search import Searcher

TEXTS = ["Text number 3.", "質問 5 1", "вопрос 0 1"]


@pytest.fixture
def index(build, pool) -> StoredIndex:
    """Years 1990 to 1996; the third passage has none."""
    dated = [replace(one, fields={} if n == 2 else {"year": 1990 + n}) for n, one in enumerate(pool)]
    return build(passages=dated, alpha=0.3)


def pairs(hits) -> list[list[tuple[str, float]]]:
    return [[(hit.passage_id, hit.score) for hit in found] for found in hits]


@pytest.mark.parametrize("engine", ["Flat", "HNSW8"])
@pytest.mark.parametrize("k", [1, 2, 10])
def test_the_ranking_without_the_others(index: StoredIndex, fake_encoder, engine: str, k: int) -> None:
    searcher = Searcher(index, fake_encoder(), engine=engine)
    exact = pairs(Searcher(index, fake_encoder()).search(TEXTS, 7))
    found = searcher.search(TEXTS, k, where="year >= 1993")
    assert pairs(found) == [[one for one in best if one[0] in ("p3", "p4", "p5", "p6")][:k] for best in exact]
    assert [hit.rank for hit in found[0]] == list(range(1, min(k, 4) + 1))
    scores, rows = searcher.rank(TEXTS, k, where="year >= 1993")
    assert scores.shape == rows.shape == (3, min(k, 7))
    assert (rows >= 0).sum() == 3 * min(k, 4)
    assert np.isneginf(scores[rows < 0]).all()


@pytest.mark.parametrize("engine", ["Flat", "HNSW8"])
@pytest.mark.parametrize("options", [{"alpha": 0.9}, {"languages": ["ja"]}, {"languages": "auto"}])
def test_with_another_weighting(index: StoredIndex, fake_encoder, engine: str, options: dict) -> None:
    exact = pairs(
        Searcher(index, fake_encoder()).search(TEXTS, 7, query_languages=["en", "ja", "ru"], **options)
    )
    searcher = Searcher(index, fake_encoder(), engine=engine)
    found = searcher.search(TEXTS, where="year < 1992", query_languages=["en", "ja", "ru"], **options)
    assert pairs(found) == [[one for one in best if one[0] in ("p0", "p1")] for best in exact]


@pytest.mark.parametrize("engine", ["Flat", "HNSW8"])
def test_no_match(index: StoredIndex, fake_encoder, engine: str) -> None:
    searcher = Searcher(index, fake_encoder(), engine=engine)
    assert searcher.search(TEXTS, where="year > 3000") == [[], [], []]
    assert (searcher.rank(TEXTS, 3, where="year > 3000")[1] == -1).all()
    assert searcher.search(TEXTS, where="year > 3000", hybrid=True) == [[], [], []]


def test_rows_of_a_predicate_are_looked_up_once(index: StoredIndex, fake_encoder, monkeypatch) -> None:
    calls: list[str] = []
    original = StoredIndex.rows_where
    monkeypatch.setattr(StoredIndex, "rows_where", lambda self, where: calls.append(where) or original(self, where))
    searcher = Searcher(index, fake_encoder())
    for where in ("year > 1991", "year > 1992", "year > 1991"):
        searcher.search(TEXTS, where=where)
        searcher.search(TEXTS, where=where, alpha=0.5)
    assert calls == ["year > 1991", "year > 1992"]


def test_vectors_of_a_predicate_are_made_once(index: StoredIndex, fake_encoder, monkeypatch) -> None:
    calls: list = []
    original = StoredIndex.fused_blocks
    searcher = Searcher(index, fake_encoder(), engine="HNSW8")
    searcher.search(TEXTS)
    monkeypatch.setattr(StoredIndex, "fused_blocks", lambda self, *given: calls.append(given) or original(self, *given))
    for where in ("year > 1991", "year > 1991", "year > 1992"):
        searcher.search(TEXTS, where=where)
    assert len(calls) == 2


def test_few_rows_of_a_large_index(build, fake_encoder) -> None:
    """They are read one by one: the same vectors to the last bit."""
    from xqg.passages import Passage

    passages = [Passage(f"p{n:03d}", "", f"Text {n}", "en", {"n": n}) for n in range(100)]
    queries = {"ja": {f"p{n:03d}": [f"質問 {n}"] for n in range(100)}}
    index = build(passages=passages, queries=queries, alpha=0.4, segment=30)
    exact = pairs(Searcher(index, fake_encoder()).search(TEXTS, 100))
    found = Searcher(index, fake_encoder(), engine="HNSW8").search(TEXTS, where="n % 33 = 1")
    assert pairs(found) == [[one for one in best if int(one[0][1:]) % 33 == 1] for best in exact]
    assert len(found[0]) == 3


@pytest.mark.parametrize("where", ["year >", "age > 3", "year", ""])
def test_wrong_predicate(index: StoredIndex, fake_encoder, where: str) -> None:
    for engine in ("Flat", "HNSW8"):
        with pytest.raises(XqgError, match="`where`") as error:
            Searcher(index, fake_encoder(), engine=engine).search(TEXTS, where=where)
        assert "\n" not in str(error.value)
