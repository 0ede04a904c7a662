"""A tiny encoder of hash-seeded random vectors, and an index built with it: for tests of index and search."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.index import Generation, GivenQueries, StoredIndex, build_index
from xqg.passages import Passage


class FakeEncoder:
    """The same text always gets the same vector; passages and queries alike."""

    def __init__(self, dimension: int = 8, similarity: str = "dot", scale: float = 1.0) -> None:
        self.name = "fake"
        self.fingerprint = f"fake-{dimension}"
        self.dimension = dimension
        self.similarity = similarity
        self.languages = ("en",)
        self.passage_length = 128
        self.query_length = 32
        self.scale = scale

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        rows = [
            np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension) for text in texts
        ]
        return (self.scale * np.array(rows).reshape(len(rows), self.dimension)).astype(np.float32)

    encode_passages = encode_queries


@pytest.fixture
def fake_encoder() -> Callable[..., FakeEncoder]:
    return FakeEncoder


@pytest.fixture
def pool() -> list[Passage]:
    return [Passage(f"p{n}", f"Title {n}" if n % 2 else "", f"Text number {n}.", "en") for n in range(7)]


@pytest.fixture
def generated() -> dict[str, dict[str, list[str]]]:
    """p2 has no Japanese query; p3 a blank one; p4 one twice; zh_Hant only for p0."""
    japanese = {f"p{n}": [f"質問 {n} {m}" for m in range(3)] for n in range(7) if n != 2}
    japanese["p3"][1] = "  "
    japanese["p4"][2] = japanese["p4"][0]
    russian = {f"p{n}": [f"вопрос {n} {m}" for m in range(2)] for n in range(7)}
    return {"ru": russian, "ja": japanese, "zh_Hant": {"p0": ["問題"]}}


@pytest.fixture
def build(tmp_path: Path, pool: list[Passage], generated: Any) -> Callable[..., StoredIndex]:
    """Build an index in a new folder; keywords replace the defaults."""

    def make(name: str = "index", **changes: Any) -> StoredIndex:
        options: dict[str, Any] = {"queries": generated, "segment": 3, **changes}
        passages = options.pop("passages", pool)
        generation = options.pop("generation", Generation(block_size=3))
        if isinstance(options["queries"], dict):
            options["queries"] = GivenQueries(options["queries"], generation)
        encoder = options.pop("encoder", FakeEncoder())
        return build_index(passages, encoder, options.pop("out", tmp_path / name), **options)

    return make
