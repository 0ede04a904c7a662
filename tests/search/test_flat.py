"""The exact engine: filled block by block, the same as if it had been given all vectors at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from xqg.index import StoredIndex
from xqg.search import Searcher
from xqg.search.engines import FlatEngine


def test_the_same_file_as_of_all_vectors_at_once(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).standard_normal((50, 8), dtype=np.float32)
    index = faiss.IndexFlatIP(8)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "wanted"))
    blocks = [vectors[:20], vectors[20:20], vectors[20:49], vectors[49:]]
    for number, engine in enumerate((FlatEngine.build(vectors), FlatEngine.of_blocks(iter(blocks), (50, 8)))):
        engine.save(tmp_path / str(number))
        assert (tmp_path / str(number)).read_bytes() == (tmp_path / "wanted").read_bytes()
        assert engine.vectors().tobytes() == vectors.tobytes()
        scores, rows = engine.search(vectors[:3], 5)
        for found, wanted in zip((scores, rows), index.search(vectors[:3], 5), strict=True):
            assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("rows", [19, 21])
def test_blocks_of_another_number_of_rows(rows: int) -> None:
    with pytest.raises(ValueError):
        FlatEngine.of_blocks([np.zeros((20, 4), np.float32)], (rows, 4))


def test_no_search_by_flat_holds_the_matrix_beside_it(build, pool, fake_encoder, monkeypatch) -> None:
    dated = [replace(one, fields={"year": 1990 + n}) for n, one in enumerate(pool)]
    index = build(passages=dated, alpha=0.3)
    ways: list[dict] = [{}, {"alpha": 0.6}, {"languages": ["ru"]}, {"where": "year >= 1992"}]
    wanted = []
    for way in ways:
        rows = index.rows_where(way["where"]) if "where" in way else np.arange(len(index))
        vectors = index.fused(way.get("alpha"), None, way.get("languages"), rows)
        found = Searcher(index, fake_encoder()).rank(["Text number 3."], 4, **way)
        products = FlatEngine.build(vectors).products(fake_encoder().encode_queries(["Text number 3."])[0])
        assert found[0][0].tolist() == np.sort(products)[::-1][:4].tolist()
        wanted.append(found[1].tolist())
    monkeypatch.setattr(StoredIndex, "fused", None)
    searcher = Searcher(StoredIndex.open(index.path), fake_encoder(), engine="Flat")
    for file in (index.path / "cache").iterdir():
        file.unlink()
    assert [searcher.rank(["Text number 3."], 4, **way)[1].tolist() for way in ways] == wanted
