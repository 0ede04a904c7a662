"""The best span of a window, from the logits of its start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["best_span"]


def best_span(
    start_logits: Tensor, end_logits: Tensor, readable: Tensor, longest: int
) -> tuple[Tensor, Tensor, Tensor]:
    """argmax over i ≤ j < i + longest of start[i] + end[j], both tokens readable.

    Every such pair is looked at (not the 20 best starts and ends of the SQuAD scripts). Equal scores
    take the earlier start, then the earlier end.

    Args:
        start_logits, end_logits: float of shape (windows, tokens).
        readable: bool of that shape: tokens of the passage.
        longest: tokens in an answer.

    Returns:
        Scores (float32; -inf where nothing is readable), first tokens and last tokens, each of
        shape (windows,).
    """
    import torch

    tokens = start_logits.shape[1]
    minus = float("-inf")
    start = start_logits.float().masked_fill(~readable, minus)
    end = end_logits.float().masked_fill(~readable, minus)
    pairs = start[:, :, None] + end[:, None, :]
    place = torch.arange(tokens, device=start.device)
    distance = place[None, :] - place[:, None]
    pairs = pairs.masked_fill((distance < 0) | (distance >= longest), minus)
    scores, best = pairs.flatten(1).max(dim=1)
    return scores, best // tokens, best % tokens
