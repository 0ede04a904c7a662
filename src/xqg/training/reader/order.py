"""In which order examples are learned from: like lengths together, so that little is padded."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

__all__ = ["SORTED", "drawn_order", "like_lengths"]

SORTED = 8  # batches whose examples are sorted by length together
Row = TypeVar("Row")


def drawn_order(lengths: Sequence[int], epochs: int, batch_size: int, seed: int) -> list[int]:
    """Numbers of the rows over a whole training: every row once an epoch, in batches of like lengths.

    It depends on what is given only, so that a training can be resumed at any step; transformers'
    grouping by length draws anew on resuming. Around the end of an epoch a batch may mix two.
    """
    drawn: list[int] = []
    for epoch in range(epochs):
        rows = list(range(len(lengths)))
        random.Random(f"{seed}:{epoch}").shuffle(rows)
        drawn += rows
    found: list[int] = []
    for start in range(0, len(drawn), SORTED * batch_size):
        block = drawn[start : start + SORTED * batch_size]
        found += like_lengths(block, lengths.__getitem__, batch_size, random.Random(f"{seed}:{start}:order"))
    return found


def like_lengths(rows: Sequence[Row], length: Callable[[Row], Any], batch_size: int, rng: random.Random) -> list[Row]:
    """The rows in batches of like lengths, the batches in random order; one that is not full comes last."""
    ordered = sorted(rows, key=length)
    whole = len(ordered) - len(ordered) % batch_size
    batches = [ordered[start : start + batch_size] for start in range(0, whole, batch_size)]
    rng.shuffle(batches)
    return [row for batch in batches for row in batch] + ordered[whole:]
