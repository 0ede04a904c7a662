"""The operations that tests/kills kill, on a small index: quick, deterministic, and without any model."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import xqg.index.build
import xqg.index.cleaning
import xqg.index.compact
from xqg.augmentation.filters import parse_filters
from xqg.index import GeneratedQueries, Index, build_index
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.languages import add_languages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.passages import Passage

__all__ = ["OPERATIONS", "Operation", "small_steps"]

SLEEP = 0.003  # seconds of an encoder's or generator's call: a kill after some time may hit any of them
BLOCK = 2
SEGMENT = 4  # passages of a step: two blocks
COMPACTED = 3  # rows of a compacted file
LANGUAGES = ("ja", "ru")


class SlowEncoder:
    """As `tiny_index.FakeEncoder`, which needs pytest: the same text always gets the same vector."""

    name = "fake"
    fingerprint = "fake-8"
    dimension = 8
    similarity = "dot"
    languages = ("en",)
    passage_length = 128
    query_length = 32

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(SLEEP)
        rows = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(8) for text in texts]
        return np.array(rows).reshape(len(rows), 8).astype(np.float32)

    encode_passages = encode_queries

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        return list(texts)


class SlowGenerator:
    """A `BlockGenerator` whose texts depend on everything that a real one's do."""

    name = "fake"
    fingerprint = "fake-generator"
    prompt = "none"
    languages = None

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        time.sleep(SLEEP)
        return [[f"{language} {title} {text} {seed} {m}" for m in range(n)] for title, text in passages]


class Operation(NamedTuple):
    """`after` names the operations that make what it begins with; `run` does it to the folder."""

    after: tuple[str, ...]
    run: Callable[[Path], Index]


def small_steps() -> None:
    """Have every operation go in several steps, and none load lingua; for a process of its own."""
    xqg.index.build.SEGMENT = SEGMENT
    xqg.index.compact.ROWS = COMPACTED
    xqg.index.cleaning.wrong_language = _wrong  # type: ignore[assignment]


def _wrong(texts: Mapping[str, Sequence[str]], candidates: Sequence[str]) -> dict[str, tuple[int, int]]:
    return {
        code: (len(mine), sum(zlib.crc32(text.encode()) % 5 == 0 for text in mine))
        for code, mine in texts.items()
    }


def _passages(prefix: str, number: int, kind: str = "Text") -> list[Passage]:
    return [
        Passage(f"{prefix}{n}", f"Title {n}" if n % 2 else "", f"{kind} {prefix} {n}.", "en", {"year": 2000 + n})
        for n in range(number)
    ]


def _generated(languages: Sequence[str] = LANGUAGES) -> GeneratedQueries:
    return GeneratedQueries(SlowGenerator(), SlowEncoder(), languages, per_language=2, block_size=BLOCK)


def _build(path: Path, **options: Any) -> Index:
    return build_index(_passages("p", 19), SlowEncoder(), path, queries=_generated(), **options)


def _add(path: Path) -> Index:
    return add_passages(path, _passages("q", 14), SlowEncoder(), queries=_generated())


def _replace(path: Path) -> Index:
    """Six passages change, among them all of the first step's; eight are new."""
    changed = [*_passages("p", 6, "Changed"), *_passages("q", 8)]
    return add_passages(path, changed, SlowEncoder(), queries=_generated(), replacing=True)


def _add_language(path: Path) -> Index:
    return add_languages(path, SlowEncoder(), _generated(["fi", "th"]))


OPERATIONS = {
    "build": Operation((), _build),
    "build-filtered": Operation(
        (), lambda path: _build(path, filters=parse_filters("round-trip:12,best:0.7"))
    ),
    "add": Operation(("build",), _add),
    "add-filtered": Operation(("build-filtered",), _add),
    "replace": Operation(("build", "remove"), _replace),
    "remove": Operation(("build",), lambda path: remove_passages(path, ["p1", "p6", "p13", "p18"])),
    # All of one file is gone then, so that the survivors of the others are written anew.
    "remove-file": Operation(
        ("build", "remove"), lambda path: remove_passages(path, ["p4", "p5", "p7", "p0", "p10"])
    ),
    "add-language": Operation(("build", "remove"), _add_language),
    "add-language-filtered": Operation(("build-filtered",), _add_language),
    "compact": Operation(("build", "remove"), compact_index),
    "compact-keep": Operation(("build", "remove"), lambda path: compact_index(path, keep=1)),
    "restore": Operation(("build", "remove"), lambda path: restore_index(path, 1)),
    "reweight": Operation(
        ("build",), lambda path: reweight_index(path, alpha=0.3, languages=["ru"], engine="HNSW8")
    ),
}
