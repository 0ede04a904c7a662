"""What is done to an index while something goes wrong: each operation has several steps, and no chance in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import xqg.index.build
import xqg.index.compact
from tiny_index import FakeEncoder
from xqg.index import GeneratedQueries, StoredIndex, build_index
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.languages import add_languages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.index.upgrade import upgrade_index
from xqg.index.versions import manifests, read_version
from xqg.passages import Passage
from xqg.queries.filters import parse_filters

POOL = [Passage(f"p{n}", f"Title {n}" if n % 2 else "", f"Text number {n}.", "en") for n in range(14)]
NEW = [Passage(f"q{n}", "", f"A later text {n}.", "en") for n in range(7)]
CHANGED = [Passage(f"p{n}", "", f"A changed text {n}.", "en") for n in (0, 1, 2, 3, 9)]
SEGMENT = 4  # passages of a step: two blocks
BLOCK = 2
COMPACTED = 5  # passages of a compacted file


class Encoder(FakeEncoder):
    """As `FakeEncoder`; a generator reads whole passages, and each call takes its time."""

    pause = 0.0

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(self.pause)
        return super().encode_queries(texts)

    encode_passages = encode_queries

    def visible_prefix(self, texts: Sequence[str]) -> list[str]:
        return list(texts)


class Generator:
    """A block's queries follow from its passages, its language and its seed."""

    name, fingerprint, prompt, languages = "fake", "generator", "Ask.", None
    pause = 0.0

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        time.sleep(self.pause)
        return [[f"{language} {seed % 997} {m} {title} {text}" for m in range(n)] for title, text in passages]


def generated(*languages: str) -> GeneratedQueries:
    return GeneratedQueries(Generator(), Encoder(), languages, per_language=2, block_size=BLOCK)


def build(path: Path, filters: str = "") -> StoredIndex:
    chain = parse_filters(filters) if filters else ()
    queries = generated("ja", "ru")
    return build_index(POOL, Encoder(), path, queries=queries, filters=chain, segment=SEGMENT)


def add(path: Path, passages: Sequence[Passage], replacing: bool = False) -> StoredIndex:
    return add_passages(path, passages, Encoder(), queries=generated("ja", "ru"), replacing=replacing)


def base(path: Path) -> StoredIndex:
    """The index that is changed: version 2, in several files, with deleted rows."""
    build(path)
    return remove_passages(path, ["p5", "p12"])


Operation = Callable[[Path], Any]
OPERATIONS: dict[str, Operation] = {
    "index": build,
    "index --filter": lambda path: build(path, "round-trip:3,best:0.5"),
    "add": lambda path: add(path, NEW),
    "add --replace": lambda path: add(path, CHANGED, replacing=True),
    "remove": lambda path: remove_passages(path, ["p1", "p6", "p9"]),
    "remove, a whole file": lambda path: remove_passages(path, ["p0", "p1", "p2", "p3", "p9"]),
    "add-language": lambda path: add_languages(path, Encoder(), generated("th")),
    "compact": compact_index,
    "compact --keep 1": lambda path: compact_index(path, keep=1),
    "restore": lambda path: restore_index(path, 1),
    "upgrade": upgrade_index,
    "reweight": lambda path: reweight_index(path, alpha=0.3, languages=["ru"]),
}


def small_steps() -> None:
    """Have a change of these few passages take several steps, in this process."""
    xqg.index.build.SEGMENT = SEGMENT
    xqg.index.compact.ROWS = COMPACTED


def rows(index: StoredIndex) -> pa.Table:
    """All rows, columns by name: what two indexes must share to be equal."""
    table = index.dataset.to_table()
    return table.select(sorted(table.column_names)).combine_chunks()


def same(one: StoredIndex, other: StoredIndex) -> bool:
    """Whether two versions are equal: rows, manifest, and what the commit says of itself."""
    return (one.version, one.manifest, one.message) == (other.version, other.manifest, other.message) and rows(
        one
    ).equals(rows(other))


def versions(path: Path) -> list[int]:
    """Every version of today's format, ascending; each can be opened."""
    numbers = [int(one["version"]) for one in StoredIndex.open(path).dataset.versions()]
    return [number for number in numbers if not read_version(path, number, manifests(path)[number]).older]
