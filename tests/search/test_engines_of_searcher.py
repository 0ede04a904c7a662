"""A searcher with an engine that approximates: what it serves, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index.reweight import reweight_index
from xqg.search import Searcher

TEXTS = ["Text number 3.", "質問 5 1", "вопрос 0 1"]


def pairs(hits) -> list[list[tuple[str, float]]]:
    return [[(hit.passage_id, round(hit.score, 4)) for hit in found] for found in hits]


def test_the_index_s_engine_is_the_default(build, fake_encoder) -> None:
    index, said = build(engine="HNSW8"), []
    found = Searcher(index, fake_encoder(), say=said.append).search(TEXTS, 4)
    assert len(said) == 1  # it was built
    assert pairs(found) == pairs(Searcher(index, fake_encoder(), engine="Flat").search(TEXTS, 4))
    Searcher(index, fake_encoder(), say=said.append).search(TEXTS, 4)
    assert len(said) == 1


def test_another_engine(build, fake_encoder) -> None:
    index, said = build(), []
    Searcher(index, fake_encoder(), engine="HNSW4,SQ8", say=said.append).search(TEXTS)
    assert [line.split(" over ")[0] for line in said] == ["HNSW4,SQ8"]


@pytest.mark.parametrize(
    "options", [{"alpha": 0.5}, {"languages": ["ja"]}, {"languages": []}, {"languages": "auto"}]
)
@pytest.mark.parametrize("hybrid", [False, True])
def test_another_weighting_is_refused(build, fake_encoder, options: dict, hybrid: bool) -> None:
    searcher = Searcher(build(engine="HNSW8"), fake_encoder())
    with pytest.raises(
        XqgError, match=r"HNSW8'? searches with the stored weighting only; give `engine` Flat .*reweight"
    ):
        searcher.search(TEXTS, hybrid=hybrid, **options)


def test_the_stored_weighting_by_name(build, fake_encoder) -> None:
    searcher = Searcher(build(engine="HNSW8", alpha=0.3), fake_encoder())
    assert searcher.search(TEXTS, alpha=0.3, languages=["ru", "ja", "zh-Hant"]) == searcher.search(TEXTS)


def test_fewer_hits_than_asked_for(build, fake_encoder) -> None:
    """Of two lists one is looked through."""
    from xqg.passages import Passage

    passages = [Passage(f"p{n}", "", f"Text {n}", "en") for n in range(80)]
    searcher = Searcher(
        build(passages=passages, queries=None, segment=80), fake_encoder(), engine="IVF2,Flat"
    )
    scores, rows = searcher.rank(TEXTS, 80)
    assert (rows < 0).any()
    assert np.isneginf(scores[rows < 0]).all()
    hits = searcher.search(TEXTS, 80)
    assert [len(found) for found in hits] == (rows >= 0).sum(axis=1).tolist()
    assert all(hit.row >= 0 for found in hits for hit in found)
    assert all(len(found) <= 80 for found in searcher.search(TEXTS, 80, hybrid=True))


def test_wrong_engine(build, fake_encoder) -> None:
    index = build()
    with pytest.raises(XqgError, match="needs at least 39 passages to be trained on, there are 7"):
        Searcher(index, fake_encoder(), engine="IVF1,Flat")
    reweight_index(index.path, engine="IVF1,Flat")
    with pytest.raises(XqgError, match="or Flat"):
        Searcher(index.latest(), fake_encoder())
    Searcher(index.latest(), fake_encoder(), engine="Flat").search(TEXTS)
