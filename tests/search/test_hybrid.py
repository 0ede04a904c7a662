"""Hybrid search: BM25 and vectors, fused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.search import Searcher, hybrid
from xqg.search.bm25 import Bm25Engine
from xqg.search.reciprocal_rank import FUSION_DEPTH, reciprocal_rank

TEXTS = ["Which text has the number 3?", "質問 5 1", "zz"]


@pytest.fixture
def index(build, pool) -> StoredIndex:
    dated = [replace(one, fields={"year": 1990 + n}) for n, one in enumerate(pool)]
    return build(passages=dated, alpha=0.3)


def pairs(hits) -> list[list[tuple[str, float]]]:
    return [[(hit.passage_id, hit.score) for hit in found] for found in hits]


def by_hand(index: StoredIndex, encoder, codes: list[str], allowed: list[str], **options) -> list:
    """Both rankings in full, by the parts that are tested for themselves."""
    passages = index.passages(index.ids())
    texts = []
    for passage in passages:
        queries = index.queries(passage.id)
        texts.append(" ".join([passage.full_text, *(text for code in codes for text in queries[code])]))
    bm25 = Bm25Engine.build(texts, index.ids())
    dense = Searcher(index, encoder).search(TEXTS, 7, **options)
    found = []
    for text, hits in zip(TEXTS, dense, strict=True):
        lexical = [index.ids()[row] for row in bm25.search(text, 7)[1]]
        rankings = [lexical, [hit.passage_id for hit in hits]]
        found.append(reciprocal_rank([[id_ for id_ in one if id_ in allowed] for one in rankings]))
    return found


def test_as_the_baselines_do() -> None:
    assert hybrid.FUSION_DEPTH == FUSION_DEPTH


@pytest.mark.parametrize(
    ("options", "languages"), [({}, ["ja", "ru", "zh_Hant"]), ({"languages": ["ru"]}, ["ru"])]
)
def test_the_fusion_of_both(index: StoredIndex, fake_encoder, options: dict, languages: list[str]) -> None:
    wanted = by_hand(index, fake_encoder(), languages, index.ids(), **options)
    searcher = Searcher(index, fake_encoder())
    assert pairs(searcher.search(TEXTS, 7, hybrid=True, **options)) == wanted
    assert pairs(searcher.search(TEXTS, 2, hybrid=True, **options)) == [best[:2] for best in wanted]
    assert pairs(searcher.search(TEXTS, 7, **options)) != wanted


def test_queries_can_be_found(index: StoredIndex, fake_encoder) -> None:
    """A query in Japanese stands in the text that BM25 reads, the passages are in English."""
    searcher = Searcher(index, fake_encoder())
    engine = searcher._state.lexical(("ja",))
    assert index.ids()[engine.search("質問 5 1", 1)[1][0]] == "p5"
    assert len(engine.search("質問", 7)[1]) == 6  # all but the one without a Japanese query
    assert len(searcher._state.lexical(("ru",)).search("質問", 7)[1]) == 0


def test_with_a_predicate(index: StoredIndex, fake_encoder) -> None:
    allowed = ["p4", "p5", "p6"]
    wanted = by_hand(index, fake_encoder(), ["ja", "ru", "zh_Hant"], allowed)
    for engine in ("Flat", "HNSW8"):
        searcher = Searcher(index, fake_encoder(), engine=engine)
        assert pairs(searcher.search(TEXTS, hybrid=True, where="year >= 1994")) == wanted
        scores, rows = searcher.rank(TEXTS, 5, hybrid=True, where="year >= 1994")
        assert scores.shape == rows.shape == (3, 5)
        assert (rows[:, 3:] == -1).all()
        assert np.isneginf(scores[:, 3:]).all()


def test_each_question_with_its_own_language(index: StoredIndex, fake_encoder) -> None:
    searcher = Searcher(index, fake_encoder())
    routed = searcher.search(TEXTS, hybrid=True, languages="auto", query_languages=["en", "ja", "ru"])
    assert pairs(routed)[1] == pairs(searcher.search(TEXTS, hybrid=True, languages=["ja"]))[1]
    assert pairs(routed)[2] == pairs(searcher.search(TEXTS, hybrid=True, languages=["ru"]))[2]


def test_no_shared_token_leaves_the_order_of_the_vectors(index: StoredIndex, fake_encoder) -> None:
    searcher = Searcher(index, fake_encoder())
    fused = searcher.search(TEXTS, hybrid=True)[2]
    assert [hit.passage_id for hit in fused] == [hit.passage_id for hit in searcher.search(TEXTS)[2]]


def test_bm25_is_kept_in_the_cache(index: StoredIndex, fake_encoder, monkeypatch) -> None:
    wanted = pairs(Searcher(index, fake_encoder()).search(TEXTS, hybrid=True))
    built: list = []
    original = Bm25Engine.over
    monkeypatch.setattr(Bm25Engine, "over", lambda *given: built.append(given) or original(*given))
    assert pairs(Searcher(StoredIndex.open(index.path), fake_encoder()).search(TEXTS, hybrid=True)) == wanted
    assert built == []
    [data] = (index.path / "cache").glob("bm25-*.data.npy")
    data.write_bytes(data.read_bytes()[:-1] + b"\x01")
    assert pairs(Searcher(index, fake_encoder()).search(TEXTS, hybrid=True)) == wanted
    assert len(built) == 1
    Searcher(index, fake_encoder()).search(TEXTS, hybrid=True, languages=["ja"])
    assert len(built) == 2


def test_vectors_are_refused(index: StoredIndex, fake_encoder) -> None:
    vectors = fake_encoder().encode_queries(TEXTS)
    with pytest.raises(XqgError, match="needs the questions' texts"):
        Searcher(index, fake_encoder()).search(vectors, hybrid=True)
