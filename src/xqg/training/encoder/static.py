"""The vectors and the pieces of a static encoder, which other models start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xqg.errors import XqgError

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

__all__ = ["Static", "load_static"]


class Static(NamedTuple):
    """A static encoder: the vectors of its pieces, float32 of shape (pieces, d), and its tokenizer."""

    vectors: torch.Tensor
    tokenizer: Tokenizer


def load_static(name: str) -> Static:
    """Load one from the packaged `mini`, a folder or the hub.

    Raises:
        XqgError: no such encoder, or one that is not static.
    """
    from xqg.encoding import encoder_folder
    from xqg.encoding.loading import load_model
    from xqg.models.loading import pick_device, pick_dtype

    location = encoder_folder(name)
    device = pick_device("cpu")
    static = load_model(location.folder, location.name, device, pick_dtype("float32", device))[0]
    table = getattr(static, "embedding", None)
    if type(static).__name__ != "StaticEmbedding" or table is None:
        raise XqgError(
            f"{location.name}: not a static encoder; give mini, or the folder of a StaticEmbedding"
        )
    return Static(table.weight.detach().float(), static.tokenizer)
