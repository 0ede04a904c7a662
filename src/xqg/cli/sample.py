"""A sample of a pool, indexed as the whole would be and timed: what `xqg plan` predicts from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xqg.cli.making import Making
    from xqg.index import StoredIndex
    from xqg.passages import Passage, PassageSource
    from xqg.progress import Listener

__all__ = ["Sample", "blocks_of", "spread", "take_sample"]

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


def take_sample(
    making: Making,
    seconds: float,
    folder: Path,
    listening: Callable[[], AbstractContextManager[Listener | None]] = nullcontext,
) -> Sample:
    """Index evenly spread blocks of the pool in `folder`, for about so many seconds, or one block at least.

    A few passages are indexed before, uncounted: models are slow where they are new. One block then
    tells how many there is time for; where there is time for no other, it is the sample.

    Args:
        listening: entered when the counted part begins; its listener is told how far that is.
    """
    began = time.perf_counter()
    total = -(-len(making.pool) // making.block_size)
    blocks = blocks_of(making.pool, making.block_size, spread(total, min(total, MOST)))
    read = time.perf_counter() - began
    warm = blocks[0][:WARM]
    _, first = _timed(making, [warm], folder / "first", None)
    chosen = [blocks[(len(blocks) - 1) // 2]]  # not the last, which may be short
    index, one = _timed(making, chosen, folder / "one", None)
    start = read + max(first - one * len(warm) / len(chosen[0]), 0.0)
    spent, number = one, int(min((seconds - one) / one, len(blocks)))
    if number > 1:
        chosen = [blocks[place] for place in spread(len(blocks), number)]
        with listening() as progress:
            index, spent = _timed(making, chosen, folder / "sample", progress)
    manifest = index.manifest
    return Sample(
        passages=sum(map(len, chosen)),
        blocks=len(chosen),
        stored=len(index),
        seconds=spent,
        start=start,
        queries=dict(manifest.counts.queries),
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


def _timed(
    making: Making, blocks: Sequence[list[Passage]], folder: Path, progress: Listener | None
) -> tuple[StoredIndex, float]:
    began = time.perf_counter()
    index = making.build_part([passage for block in blocks for passage in block], folder, progress)
    return index, time.perf_counter() - began
