"""Texts of like length together: a batch is padded to its longest text, and padding costs what text costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xqg.progress import tracked

if TYPE_CHECKING:
    import torch

__all__ = ["batches", "encode_batches", "token_budget"]

# Tokens of a batch, padding included: what fits the cache of a core (MiniLM's and BERT-base's shapes, queries
# and passages, both number types: 256 to 1,024 are within 6 % of the best, 4,096 costs 20 to 30 %), and what
# fits the memory of a GPU (64 passages of 512 tokens).
TOKENS_PER_CORE = 512
TOKENS_PER_GPU = 32_768


def token_budget(device: torch.device) -> int:
    """Tokens that a batch may have on a device, padding included."""
    import torch

    return TOKENS_PER_CORE * torch.get_num_threads() if device.type == "cpu" else TOKENS_PER_GPU


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """The numbers of all texts, longest first, in batches.

    Args:
        lengths: tokens of each text.
        budget: tokens that a batch may have when its texts are padded to its longest; a text that
            alone has more is a batch of its own.
    """
    order = sorted(range(len(lengths)), key=lambda text: -lengths[text])
    found: list[list[int]] = []
    start = 0
    while start < len(order):
        fitting = max(1, budget // max(1, lengths[order[start]]))
        found.append(order[start : start + fitting])
        start += fitting
    return found


def encode_batches(
    encode: Callable[[list[str]], npt.NDArray[np.float32]],
    texts: Sequence[str],
    parts: Sequence[Sequence[int]],
) -> npt.NDArray[np.float32]:
    """Vectors of texts, float32 of shape (texts, dimension), in the order of the texts.

    Args:
        encode: gives the vectors of one batch's texts.
        parts: as `batches` gives them, at least one.
    """
    vectors = np.empty((0, 0), dtype=np.float32)
    for part in tracked(parts, "encoding"):
        made = encode([texts[text] for text in part])
        if not len(vectors):  # now the dimension is known
            vectors = np.empty((len(texts), made.shape[1]), dtype=made.dtype)
        vectors[part] = made
    return vectors
