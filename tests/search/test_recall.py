"""The recall of an approximate engine, against the same figure worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from xqg.index import StoredIndex
from xqg.passages import Passage
from xqg.search import Weighting
from xqg.search.cache import cached_engine
from xqg.search.engines import engine_class
from xqg.search.recall import ASKED, measured_recall

NUMBER = 300


@pytest.fixture
def index(build) -> StoredIndex:
    """Every third passage has a Japanese query, every fifth a Russian one."""
    queries = {
        "ja": {f"p{n:03d}": [f"質問 {n}"] for n in range(0, NUMBER, 3)},
        "ru": {f"p{n:03d}": [f"вопрос {n}", f"ещё {n}"] for n in range(0, NUMBER, 5)},
    }
    return build(passages=passages(), queries=queries, alpha=0.4, segment=NUMBER)


def passages() -> list[Passage]:
    return [Passage(f"p{n:03d}", "", f"Text {n}", "en") for n in range(NUMBER)]


def by_hand(engine, vectors: np.ndarray, questions: np.ndarray) -> float:
    shares = []
    for question in questions:
        products = [(float(np.dot(vector, question)), row) for row, vector in enumerate(vectors)]
        best = {row for _, row in sorted(products, reverse=True)[:10]}
        _, [found] = engine.search(question[None], 10)
        shares.append(len(best & set(found.tolist())) / 10)
    return sum(shares) / len(shares)


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("languages", [("ja", "ru"), ("ru",)])
def test_of_generated_queries(index: StoredIndex, languages: tuple[str, ...]) -> None:
    vectors = index.fused(languages=languages)
    engine = engine_class("IVF4,Flat").build(vectors, "IVF4,Flat")
    recall, who = measured_recall(engine, vectors, index, Weighting.of(index, None, languages))
    rows = sorted({int(place) for place in np.linspace(0, NUMBER - 1, ASKED)})
    asked = sum(index.parts(languages)[1])[rows]
    asked = asked[np.abs(asked).max(axis=1) > 0]
    assert 0.1 < recall < 0.95  # one list of four: a figure that could be wrong
    assert recall == pytest.approx(by_hand(engine, vectors, unit(asked)), abs=1e-9)
    assert who == f"{len(asked)} passages' generated queries"


def test_of_passages_where_there_are_no_queries(build) -> None:
    index = build(passages=passages(), queries=None, segment=NUMBER)
    vectors = index.fused()
    engine = engine_class("IVF4,PQ4x2").build(vectors, "IVF4,PQ4x2:nprobe=4")
    recall, who = measured_recall(engine, vectors, index, Weighting.of(index))
    assert who == "200 passages as questions"
    rows = np.linspace(0, NUMBER - 1, ASKED).astype(np.int64)
    assert 0.1 < recall < 0.95
    assert recall == pytest.approx(by_hand(engine, vectors, unit(index.parts()[0][rows])), abs=1e-9)


def test_exactly_one_where_every_list_is_looked_through(index: StoredIndex) -> None:
    said: list[str] = []
    for _ in range(2):
        cached_engine(index, Weighting.of(index), "IVF4,Flat:nprobe=4", said.append)
    [line] = said  # when it is built, not when it is loaded
    assert " recall@10 against exact search 1.000 (" in line
    [sidecar] = (index.path / "cache").glob("*.json")
    assert json.loads(sidecar.read_text())["recall"]["value"] == 1.0
