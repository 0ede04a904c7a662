"""Top-k sampling that draws among k candidates, not over the whole vocabulary.

transformers samples with `torch.multinomial`, which draws a random number for every piece of the
vocabulary at every step: over half of the time of a small model on a CPU. Here the k best are taken
first, and the choice among them is argmax(logit + Gumbel noise), which is a draw from their softmax
(Gumbel 1954; Maddison et al. 2014): the same distribution.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["top_k_sampler"]


def top_k_sampler(k: int) -> Any:
    """A logits processor that leaves one piece, drawn from the softmax over the k best logits.

    Greedy decoding then takes that piece. Draws come from torch's global generator.
    """
    return _processor_class()(k)


@lru_cache(maxsize=1)
def _processor_class() -> Any:
    import torch
    from transformers import LogitsProcessor

    class TopKSampler(LogitsProcessor):
        def __init__(self, k: int) -> None:
            self.k = k

        def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
            values, pieces = scores.topk(min(self.k, scores.shape[-1]), dim=-1)
            # -ln(exponential) is Gumbel noise.
            noise = -torch.empty_like(values).exponential_().log()
            chosen = pieces.gather(1, (values + noise).argmax(dim=-1, keepdim=True))
            return torch.full_like(scores, -torch.inf).scatter_(1, chosen, 0.0)

    return TopKSampler
