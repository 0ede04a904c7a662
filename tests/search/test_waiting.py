"""Who waits for whom: building BM25 takes long, and only hybrid searches need it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from xqg.search import Searcher
from xqg.search.bm25 import Bm25Engine

TEXTS = ["Text number 3."]


def test_others_go_on_while_bm25_is_built(build, fake_encoder, monkeypatch) -> None:
    searcher = Searcher(build(), fake_encoder())
    wanted = searcher.rank(TEXTS)[1]
    building, go_on, built = threading.Event(), threading.Event(), []
    original = Bm25Engine.over

    def slow(*given):
        built.append(given)
        building.set()
        assert go_on.wait(30)
        return original(*given)

    monkeypatch.setattr(Bm25Engine, "over", slow)
    with ThreadPoolExecutor(3) as threads:
        hybrid = [threads.submit(searcher.rank, TEXTS, hybrid=True) for _ in range(2)]
        try:
            assert building.wait(30)
            found = threads.submit(searcher.rank, TEXTS).result(10)
        finally:
            go_on.set()
        first, second = (job.result(30) for job in hybrid)
    np.testing.assert_array_equal(found[1], wanted)
    np.testing.assert_array_equal(first, second)
    assert len(built) == 1  # for both
