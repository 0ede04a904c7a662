from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import VectorCache
from xqg.experiment.parts import encode_parts
from xqg.experiment.plan import Plan

PLAN = Plan(("en",), ("en", "fi"), None, n=1)


class Lengths:
    """A text's vector is its number of characters, for a query its negative."""

    fingerprint, dimension, passage_length, query_length = "lengths", 1, 8, 8

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text)] for text in texts], np.float32)

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return -self.encode_passages(texts).reshape(-1, 1)


def test_texts_become_vectors_of_their_passages(tiny: Benchmark) -> None:
    queries = {"fi": {"p0": ["a", " ", "aaa"], "p2": ["aa", "aa"]}}
    own = {"gold": {"ja": {"p5": ["aaaa"]}}}
    found = encode_parts(
        tiny.passages, queries, PLAN, Lengths(), VectorCache(None), own=own, seed=3  # type: ignore[arg-type]
    )
    assert found.passages[0].tolist() == [len(tiny.passages[0].text)]
    assert found.generated["fi"].sums[:, 0].tolist() == [-4, 0, -4, 0, 0, 0]  # the blank one adds nothing
    assert found.first("fi", 2).sums[:, 0].tolist() == [-1, 0, -4, 0, 0, 0]  # a duplicate counts twice
    assert found.own["gold"]["ja"].sums[:, 0].tolist() == [0, 0, 0, 0, 0, -4]
    assert found.seed == 3


def test_sums_are_kept(tiny: Benchmark) -> None:
    queries = {"fi": {"p0": ["a"]}}
    found = encode_parts(tiny.passages, queries, PLAN, Lengths(), VectorCache(None))  # type: ignore[arg-type]
    assert found.targeted(1)[0].sums is found.targeted(1)[0].sums
