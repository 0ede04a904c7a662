"""Learning to answer with shared normalisation (Clark and Gardner, ACL 2018).

Start and end are chosen among the tokens of the right passage *and* of wrong ones, so that logits
of different passages compare and the best span of several passages is the one with the highest
score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xqg.reading.windows import Window

if TYPE_CHECKING:
    import torch

__all__ = ["Collator", "Group", "answer_tokens", "shared_norm_loss"]


@dataclass(frozen=True, slots=True)
class Group:
    """The windows of one question: the first holds the answer's tokens `start`..`end`, both included."""

    windows: tuple[Window, ...]
    start: int
    end: int

    @property
    def longest(self) -> int:
        """Tokens of the longest window."""
        return max(len(window.offsets) for window in self.windows)


def answer_tokens(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """First and last token of the answer `text[start:end]`; None where the window holds not all of it.

    An answer cut off by the window's border would teach a wrong span.
    """
    inside = [
        (number, place)
        for number, place in enumerate(window.offsets)
        if place is not None and place[0] < end and place[1] > start
    ]
    if not inside or inside[0][1][0] > start or inside[-1][1][1] < end:
        return None
    return inside[0][0], inside[-1][0]


class Collator:
    """A batch of B groups of W windows: inputs (B·W, T), `readable` (B·W, T) bool, `places` (B, 2)."""

    def __init__(self, padding: int) -> None:
        self.padding = padding

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        import torch

        groups: list[Group] = [row["group"] for row in rows]
        flat = [window for group in groups for window in group.windows]
        longest = max(len(window.offsets) for window in flat)
        batch: dict[str, torch.Tensor] = {}
        for name in flat[0].inputs:
            filler = self.padding if name == "input_ids" else 0
            padded = [w.inputs[name] + [filler] * (longest - len(w.offsets)) for w in flat]
            batch[name] = torch.tensor(padded)
        readable = [[p is not None for p in w.offsets] + [False] * (longest - len(w.offsets)) for w in flat]
        batch["readable"] = torch.tensor(readable)
        # The right window comes first in its group, so that a place in it is one in the group.
        batch["places"] = torch.tensor([[group.start, group.end] for group in groups])
        return batch


def shared_norm_loss(
    start_logits: torch.Tensor, end_logits: torch.Tensor, readable: torch.Tensor, places: torch.Tensor
) -> torch.Tensor:
    """Cross-entropy of start and of end over the tokens of all windows of a question, their mean.

    Args:
        start_logits, end_logits: float of shape (B·W, T), a group's windows in a row.
        readable: bool of that shape: tokens of a passage.
        places: int of shape (B, 2): the answer's first and last token, counted over W·T tokens.
    """
    import torch

    loss = torch.zeros((), device=start_logits.device)
    for logits, place in zip((start_logits, end_logits), places.T, strict=True):
        masked = logits.float().masked_fill(~readable, -1e9).reshape(len(places), -1)
        loss = loss + torch.nn.functional.cross_entropy(masked, place) / 2
    return loss
