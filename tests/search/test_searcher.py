"""Searching: re-weighting equals rebuilding, routing, and wrong input."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.passages import Passage
from xqg.search import Searcher, check_encoder, load_index_encoder

TEXTS = ["Text number 3.", "質問 5 1", "вопрос 0 1"]


def lines(hits) -> list[list[tuple[int, float, str]]]:
    return [[(hit.rank, hit.score, hit.passage_id) for hit in found] for found in hits]


@pytest.fixture
def searcher(build, fake_encoder) -> Searcher:
    return Searcher(build(alpha=0.3), fake_encoder())


def test_hits_equal_the_formula(searcher: Searcher, fake_encoder, pool) -> None:
    products = fake_encoder().encode_queries(TEXTS) @ searcher.index.fused().T
    for row, hits in zip(products, searcher.search(TEXTS, k=3), strict=True):
        best = np.argsort(-row)[:3]
        assert [hit.row for hit in hits] == best.tolist()
        assert [hit.rank for hit in hits] == [1, 2, 3]
        np.testing.assert_allclose([hit.score for hit in hits], row[best], rtol=1e-5)
        assert [hit.passage for hit in hits] == [pool[row] for row in best]
        assert [hit.passage_id for hit in hits] == [pool[row].id for row in best]


def test_vectors_give_the_same_as_texts(searcher: Searcher, fake_encoder) -> None:
    vectors = fake_encoder().encode_queries(TEXTS)
    assert lines(searcher.search(vectors)) == lines(searcher.search(TEXTS))
    assert len(searcher.search(TEXTS, k=1000)[0]) == 7


@pytest.mark.parametrize("fusion", ["raw", "normalised"])
@pytest.mark.parametrize("similarity", ["dot", "cosine"])
@pytest.mark.parametrize(
    ("alpha", "languages"), [(0.7, None), (None, ["ru"]), (0.2, ["ru", "ja"]), (0, []), (1, ["ja"])]
)
def test_reweighting_equals_rebuilding(
    build, fake_encoder, generated, fusion, similarity, alpha, languages
) -> None:
    encoder = fake_encoder(similarity=similarity, dimension=33)
    index = build("stored", encoder=encoder, fusion=fusion)
    kept = list(generated) if languages is None else languages
    queries = {code: generated[code] for code in kept}
    used = 0.01 if alpha is None else alpha
    rebuilt = build("rebuilt", encoder=encoder, fusion=fusion, queries=queries, alpha=used)
    np.testing.assert_array_equal(index.fused(alpha, None, languages), rebuilt.fused())
    scores, rows = Searcher(index, encoder).rank(TEXTS, alpha=alpha, languages=languages)
    wanted, wanted_rows = Searcher(rebuilt, encoder).rank(TEXTS)
    np.testing.assert_array_equal(scores, wanted)
    np.testing.assert_array_equal(rows, wanted_rows)


def test_last_other_weighting_is_kept(searcher: Searcher, monkeypatch) -> None:
    calls: list = []
    original = StoredIndex.fused_blocks
    monkeypatch.setattr(StoredIndex, "fused_blocks", lambda self, *given: calls.append(given) or original(self, *given))
    for alpha in (0.3, None, 0.5, 0.5, None, 0.3, 0.6, 0.5):
        searcher.search(TEXTS, alpha=alpha)
    assert [given[0] for given in calls] == [0.3, 0.5, 0.6, 0.5]


def test_routing_with_given_languages(searcher: Searcher) -> None:
    routed = searcher.search(TEXTS, languages="auto", query_languages=["en", "ja", "ru"])
    default = searcher.search(TEXTS)
    assert lines(routed)[0] == lines(default)[0]  # no English queries stored
    assert lines(routed)[1] == lines(searcher.search(TEXTS, languages=["ja"]))[1]
    assert lines(routed)[2] == lines(searcher.search(TEXTS, languages=["ru"]))[2]
    assert lines(routed)[1] != lines(default)[1]


def test_routing_detects_missing_languages(searcher: Searcher) -> None:
    texts = ["Where is the capital of Japan?", "日本の首都はどこですか", "Где находится столица Японии?"]
    given = searcher.search(texts, languages="auto", query_languages=["en", "ja", "ru"], alpha=0.4)
    assert lines(searcher.search(texts, languages="auto", alpha=0.4)) == lines(given)
    partly = searcher.search(texts, languages="auto", alpha=0.4, query_languages=[None, "ja", None])
    assert lines(partly) == lines(given)


def test_routing_to_a_language_stored_without_a_query(build, fake_encoder, generated) -> None:
    searcher = Searcher(build(queries={**generated, "fi": {}}), fake_encoder())
    routed = searcher.search(TEXTS, languages="auto", query_languages=["fi"] * 3)
    assert lines(routed) == lines(searcher.search(TEXTS))


def test_routing_of_vectors_without_a_language(searcher: Searcher, fake_encoder) -> None:
    vectors = fake_encoder().encode_queries(TEXTS)
    assert lines(searcher.search(vectors, languages="auto")) == lines(searcher.search(TEXTS))


def test_equal_passages_come_by_id_descending(build, fake_encoder) -> None:
    passages = [Passage(id_, "", "same", "en") for id_ in ("a", "c", "b")]
    searcher = Searcher(build(passages=passages, queries=None), fake_encoder())
    assert [hit.passage_id for hit in searcher.search(["x"], k=2)[0]] == ["c", "b"]


def test_many_threads_one_searcher(searcher: Searcher) -> None:
    wanted = {alpha: lines(searcher.search(TEXTS, alpha=alpha)) for alpha in (0.1, 0.2, 0.3)}
    alphas = [0.1, 0.2, 0.3] * 8
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda alpha: lines(searcher.search(TEXTS, alpha=alpha)), alphas))
    assert found == [wanted[alpha] for alpha in alphas]


@pytest.mark.parametrize(
    ("queries", "options", "message"),
    [
        (["x"], {"k": 0}, "k is 0"),
        (["x", " \n"], {}, "question 2 of 2 is empty"),
        ([""], {}, "the question is empty"),
        ("x", {}, "list of texts"),
        (["x"], {"alpha": 2}, "`alpha` is 2"),
        (["x"], {"languages": ["fi"]}, "choose from: ja, ru, zh_Hant"),
        (["x"], {"languages": "ja"}, "give a list"),
        (["x"], {"query_languages": []}, "0 query languages for 1 questions"),
        (np.ones((1, 5)), {}, r"shape \(1, 5\); this index needs \(1, 8\)"),
        (np.full((1, 8), np.nan), {}, "not finite"),
    ],
)
def test_wrong_input(searcher: Searcher, queries, options, message) -> None:
    with pytest.raises(XqgError, match=message):
        searcher.search(queries, **options)


def test_no_question(searcher: Searcher) -> None:
    assert searcher.search([]) == []


def test_another_encoder_is_refused(build, fake_encoder) -> None:
    index = build()
    other = fake_encoder()
    other.name, other.fingerprint = "other", "f00"
    for call in (lambda: check_encoder(index, other), lambda: Searcher(index, other)):
        with pytest.raises(XqgError, match=r"encoder fake \(fake-8\), not with other \(f00\)"):
            call()


def test_encoder_is_loaded_with_the_stored_lengths(build, fake_encoder, monkeypatch) -> None:
    seen: list = []

    def load(name: str, **options):
        seen.append((name, options))
        return fake_encoder()

    monkeypatch.setattr("xqg.encoding.load_encoder", load)
    index = build()
    load_index_encoder(index, device="cpu")
    lengths = {"passage_length": 128, "query_length": 32}
    assert seen == [("fake", {"device": "cpu", "dtype": "auto", **lengths})]
    assert len(Searcher(index).search(["x"], k=2)[0]) == 2
