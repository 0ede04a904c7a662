"""What an index will cost in time and on the disk: predicted from a sample that is indexed, timed and thrown away."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.door.blueprint import Blueprint
from xqg.door.reports import Facts, by_language
from xqg.index import StoredIndex
from xqg.passages import Passage, PassageSource
from xqg.progress import bars
from xqg.units import duration, rate, size

__all__ = ["Sample", "blocks_of", "plan_of", "predict", "spread", "take_sample"]

WARM = 8  # passages to begin with
MOST = 256  # blocks to choose from: with 64 passages each they fit in memory


@dataclass(frozen=True)
class Sample:
    """What was made of a part of the pool.

    Attributes:
        passages, blocks: in the sample; `stored` of the passages got into its index.
        seconds: to make its index.
        start: seconds that a run needs once, beside loading: to read the pool and for the first use of
            the models.
        queries: that count in its index, by language.
        texts: bytes of its index beside the vectors.
        vector_bytes: (1+L)·2d, bytes of a passage's vectors.
        dimension: d.
    """

    passages: int
    blocks: int
    stored: int
    seconds: float
    start: float
    queries: dict[str, int]
    texts: int
    vector_bytes: int
    dimension: int


def take_sample(blueprint: Blueprint, seconds: float, folder: Path) -> Sample:
    """Index evenly spread blocks of the pool in `folder`, for about so many seconds, or one block at least.

    A few passages are indexed before, uncounted: models are slow where they are new. One block then
    tells how many there is time for; where there is time for no other, it is the sample.
    """
    began = time.perf_counter()
    total = -(-len(blueprint.pool) // blueprint.block_size)
    blocks = blocks_of(blueprint.pool, blueprint.block_size, spread(total, min(total, MOST)))
    read = time.perf_counter() - began
    warm = blocks[0][:WARM]
    chosen = [blocks[(len(blocks) - 1) // 2]]  # not the last, which may be short
    with bars(False):  # only the counted part is shown
        _, first = _timed(blueprint, [warm], folder / "first")
        index, one = _timed(blueprint, chosen, folder / "one")
    start = read + max(first - one * len(warm) / len(chosen[0]), 0.0)
    spent, number = one, int(min((seconds - one) / one, len(blocks)))
    if number > 1:
        chosen = [blocks[place] for place in spread(len(blocks), number)]
        index, spent = _timed(blueprint, chosen, folder / "sample")
    manifest = index.manifest
    return Sample(
        passages=sum(map(len, chosen)),
        blocks=len(chosen),
        stored=len(index),
        seconds=spent,
        start=start,
        queries=dict(index.query_counts),
        texts=max(index.disk_bytes()["dataset"] - manifest.stored_bytes * len(index), 0),
        vector_bytes=manifest.stored_bytes,
        dimension=manifest.dimension,
    )


def spread(total: int, number: int) -> list[int]:
    """`number` of the places 0 … total - 1, ascending, as evenly as they go."""
    return [(2 * place + 1) * total // (2 * number) for place in range(number)]


def blocks_of(pool: PassageSource, block_size: int, wanted: Sequence[int]) -> list[list[Passage]]:
    """The passages of the blocks with these numbers, which ascend."""
    found: dict[int, list[Passage]] = {number: [] for number in wanted}
    for row, passage in enumerate(pool):
        block = found.get(row // block_size)
        if block is not None:
            block.append(passage)
    return list(found.values())


def _timed(blueprint: Blueprint, blocks: Sequence[list[Passage]], folder: Path) -> tuple[StoredIndex, float]:
    began = time.perf_counter()
    index = blueprint.build_part([passage for block in blocks for passage in block], folder)
    return index, time.perf_counter() - began


def predict(sample: Sample, passages: int, loading: float) -> dict[str, Any]:
    """What the whole pool will take, as JSON values; bytes, seconds.

    Every passage is taken to cost what one of the sample costs. Building the engine is not in the time.

    Args:
        loading: seconds to load the models and open the passages.
    """
    scale = passages / sample.passages
    stored = round(sample.stored * scale)
    start = loading + sample.start
    queries = {code: round(number * scale) for code, number in sample.queries.items()}
    vectors, texts = stored * sample.vector_bytes, round(sample.texts * scale)
    return {
        "passages": passages,
        "sample": {
            "passages": sample.passages,
            "blocks": sample.blocks,
            "seconds": sample.seconds,
            "passages_per_second": sample.passages / sample.seconds,
            "queries_per_second": sum(sample.queries.values()) / sample.seconds,
        },
        "seconds": start + sample.seconds * scale,
        "start_seconds": start,
        "queries": queries,
        "vector_bytes_per_passage": sample.vector_bytes,
        "disk_bytes": {"vectors": vectors, "texts_and_queries": texts, "total": vectors + texts},
        "flat_cache_bytes": 4 * sample.dimension * stored,
    }


def plan_of(blueprint: Blueprint, sample: Sample, loading: float) -> Facts:
    """The prediction for a blueprint; see `predict`."""
    facts = predict(sample, len(blueprint.pool), loading)
    facts["engine"] = blueprint.engine
    facts["filters"] = [one.name for one in blueprint.filters]
    return Facts(facts, _lines(facts, blueprint.block_size))


def _lines(facts: dict[str, Any], block_size: int) -> dict[str, str]:
    sample, queries, disk = facts["sample"], facts["queries"], facts["disk_bytes"]
    spent = sample["seconds"]
    number = sum(queries.values())
    lines = {
        "sample": f"{sample['passages']:,} of {facts['passages']:,} passages ({sample['blocks']:,} blocks of "
        f"{block_size}) in {spent:.1f} s: {rate(sample['passages'], spent)} passages/s, "
        f"{rate(sample['queries_per_second'], 1)} queries/s",
        "time": f"{facts['seconds'] / 3600:,.2f} hours ({duration(facts['seconds'])}, of which "
        f"{duration(facts['start_seconds'])} to begin)",
        "queries": f"{number:,}" + (f" ({by_language(queries)})" if number else ""),
        "disk": f"{size(disk['total'])}: vectors {size(disk['vectors'])} "
        f"({facts['vector_bytes_per_passage']:,} bytes per passage), texts and queries "
        f"{size(disk['texts_and_queries'])}",
        "cache": f"{size(facts['flat_cache_bytes'])} more where the engine is Flat"
        + ("" if facts["engine"] == "Flat" else f"; that of {facts['engine']} is not predicted"),
    }
    if any(name.startswith("round-trip") for name in facts["filters"]):
        lines["round-trip"] = "its search of all passages for each query is not in the time"
    return lines
