"""Predicates over an index that was changed: rows are those of what is left, not of what was built."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.remove import remove_passages
from xqg.passages import Passage
from xqg.search import Searcher

TEXTS = ["Text number 3.", "質問 5 1"]


@pytest.fixture(params=["removed", "compacted"])
def index(request, build, pool, fake_encoder) -> StoredIndex:
    """p0, p2 to p4, p6, and n0 to n2, each with its year; in several files, some rows marked as deleted."""
    dated = [replace(one, fields={"year": 1990 + n}) for n, one in enumerate(pool)]
    path = build(passages=dated, alpha=0.3).path
    remove_passages(path, ["p1", "p5"])
    new = [Passage(f"n{n}", "", f"New {n}", "en", {"year": 2000 + n}) for n in range(4)]
    add_passages(path, new, fake_encoder())
    remove_passages(path, ["n3"])
    if request.param == "compacted":
        compact_index(path)
    return StoredIndex.open(path)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("year >= 1992", ["p2", "p3", "p4", "p6", "n0", "n1", "n2"]),
        ("year % 2 = 0", ["p0", "p2", "p4", "p6", "n0", "n2"]),
        ("year > 2000", ["n1", "n2"]),
        ("id = 'p1' OR id = 'p6'", ["p6"]),
        ("year = 1991", []),
    ],
)
@pytest.mark.parametrize("engine", ["Flat", "HNSW8"])
def test_rows_and_rankings(index: StoredIndex, fake_encoder, engine: str, where: str, wanted: list[str]) -> None:
    ids = index.ids()
    rows = index.rows_where(where)
    assert [ids[row] for row in rows] == wanted
    assert rows.tolist() == sorted(rows.tolist())
    products = fake_encoder().encode_queries(TEXTS) @ index.fused()[rows].T
    searcher = Searcher(index, fake_encoder(), engine=engine)
    for hits, scores in zip(searcher.search(TEXTS, 20, where=where), products, strict=True):
        best = np.argsort(-scores)
        assert [hit.passage_id for hit in hits] == [wanted[place] for place in best]
        assert [hit.passage.id for hit in hits] == [hit.passage_id for hit in hits]
        np.testing.assert_allclose([hit.score for hit in hits], scores[best], rtol=1e-5)
    fused = searcher.search(TEXTS, 20, where=where, hybrid=True)
    assert [{hit.passage_id for hit in hits} for hits in fused] == [set(wanted)] * 2
