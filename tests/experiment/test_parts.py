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


def test_an_arm_is_added_up_once(tiny: Benchmark) -> None:
    queries = {"fi": {"p0": ["a"]}, "ja": {"p0": ["bb"], "p1": ["ccc"]}}
    plan = Plan(("en",), ("en", "fi", "ja"), None, n=1)
    parts = encode_parts(tiny.passages, queries, plan, Lengths(), VectorCache(None))  # type: ignore[arg-type]
    both = parts.together("cross", parts.targeted(1))
    assert both.sums[:, 0].tolist() == [-3, -3, 0, 0, 0, 0]
    assert parts.together("cross", parts.targeted(1)).sums is both.sums
    # One that has other queries for each question language holds those of one.
    fi, ja = ([parts.first(code, 1)] for code in ("fi", "ja"))
    assert parts.together("target-n", fi).sums[:, 0].tolist() == [-1, 0, 0, 0, 0, 0]
    assert parts.together("target-n", ja).sums[:, 0].tolist() == [-2, -3, 0, 0, 0, 0]
    assert parts.together("cross", parts.targeted(1)) is both


def test_few_arms_are_kept(tiny: Benchmark) -> None:
    parts = encode_parts(tiny.passages, {"fi": {"p0": ["a"]}}, PLAN, Lengths(), VectorCache(None))  # type: ignore[arg-type]
    groups = parts.targeted(1)
    first = parts.together("0", groups)
    for arm in range(1, 8):
        parts.together(str(arm), groups)
    assert parts.together("0", groups) is first  # now the latest
    parts.together("8", groups)
    parts.together("1", groups)
    assert len(parts._totals) == 8


def test_whole_selections_are_not_copied(tiny: Benchmark) -> None:
    parts = encode_parts(tiny.passages, {"fi": {"p0": ["a"]}}, PLAN, Lengths(), VectorCache(None))  # type: ignore[arg-type]
    assert parts.targeted(1)[0] is parts.first("fi", 1) is parts.generated["fi"]
