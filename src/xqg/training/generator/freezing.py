"""Parts of a seq2seq model that keep their weights while the rest is trained.

A model tuned on one language forgets to write the others. What helps is to leave alone what it writes with:
the pieces' vectors, the decoder or its feed-forward layers (Maurya et al., Findings of ACL 2021; Vu et al.,
EMNLP 2022).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from xqg.errors import XqgError

__all__ = ["PARTS", "freeze", "weights_of"]

# Two ways of naming layers cover the family: T5's (block.0.layer.1.EncDecAttention) and BART's (layers.0.self_attn).
PARTS = {
    "embeddings": r"(^|\.)(shared|embed_tokens|embed_positions|lm_head)\.",
    "encoder": r"(^|\.)encoder\.(?!embed_)",
    "decoder": r"(^|\.)decoder\.(?!embed_)",
    # A norm belongs to the layer that it stands beside.
    "decoder-attention": r"(^|\.)decoder\.(block\.\d+\.layer\.[01]|layers\.\d+\.(self|encoder)_attn(_layer_norm)?)\.",
    "decoder-feed-forward": r"(^|\.)decoder\.(block\.\d+\.layer\.2|layers\.\d+\.(fc1|fc2|final_layer_norm))\.",
}


def weights_of(model: Any, part: str) -> list[Any]:
    """The parameters of a part, those that are tied to them among them; empty where the model has no such part.

    The embeddings are the vectors of pieces and places, and the output layer's of the pieces, tied or not.
    """
    pattern = re.compile(PARTS[part])
    named = model.named_parameters(remove_duplicate=False)  # every name of a tied weight
    return list({id(weight): weight for name, weight in named if pattern.search(name)}.values())


def freeze(model: Any, name: str, parts: Iterable[str]) -> int:
    """Let parts of a model get no gradients; the number of weights that still do.

    Args:
        name: the model's, for messages.

    Raises:
        XqgError: no such part, or not in this model; nothing is left to train.
    """
    for part in parts:
        if part not in PARTS:
            raise XqgError(f"freeze: there is no part {part!r}; the parts are {', '.join(PARTS)}")
        found = weights_of(model, part)
        if not found:
            has = ", ".join(known for known in PARTS if weights_of(model, known)) or "none"
            kind = model.config.model_type
            raise XqgError(f"freeze: {name} ({kind}) has no part {part!r} that xqg knows; of the parts it has {has}")
        for weight in found:
            weight.requires_grad_(False)
    left = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    if not left:
        raise XqgError(f"freeze: {', '.join(parts)} are all weights of {name}; leave a part to train")
    return left
