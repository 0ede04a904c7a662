"""Loading an encoder's folder with sentence-transformers, and what the folder says of itself."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.encoding.encoder import Similarity
from xqg.errors import XqgError, first_line
from xqg.models.loading import check_weights, quiet

if TYPE_CHECKING:
    import torch

__all__ = ["known_similarity", "load_model", "model_length", "similarity_of"]

UNUSED_WEIGHTS = ("pooler.",)  # BERT's pooler is not read: CLS is taken before it


def similarity_of(folder: Path, name: str) -> Similarity:
    """How a folder's vectors are compared: a plain checkpoint by dot product, a
    sentence-transformers folder as it says, cosine where it does not say.

    Raises:
        XqgError: another similarity, or a sentence-transformers model that is no bi-encoder with
            one vector per text.
    """
    if not (folder / "modules.json").is_file():
        return "dot"
    path = folder / "config_sentence_transformers.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        config = {}
    except (OSError, ValueError):
        raise XqgError(f"{path}: broken; mend it or give another encoder") from None
    model_type = config.get("model_type", "SentenceTransformer")
    if model_type != "SentenceTransformer":
        raise XqgError(f"encoder {name} is a {model_type}; give one that makes one dense vector per text")
    return known_similarity(name, config.get("similarity_fn_name"))


def known_similarity(name: str, stated: str | None) -> Similarity:
    """What sentence-transformers calls a similarity; None: cosine.

    Raises:
        XqgError: another one.
    """
    if stated == "dot":
        return "dot"
    if stated in (None, "", "cosine"):
        return "cosine"
    raise XqgError(f"encoder {name} compares by {stated!r}; only dot and cosine can be searched")


def load_model(folder: Path, name: str, device: torch.device, dtype: torch.dtype) -> Any:
    """A SentenceTransformer of the folder, in evaluation mode.

    Raises:
        XqgError: the folder cannot be loaded, or its checkpoint lacks weights.
    """
    from safetensors import SafetensorError

    with quiet():
        try:
            plain = not (folder / "modules.json").is_file()
            model = _plain(folder, name, device) if plain else _sentence_transformer(folder, device)
        except (OSError, ValueError, KeyError, TypeError, ImportError, RuntimeError, SafetensorError) as error:
            reason = first_line(error)
            raise XqgError(
                f"encoder {name}: cannot be loaded ({reason}); give another or mend its folder"
            ) from None
    return model.to(dtype=dtype).eval()


def _sentence_transformer(folder: Path, device: torch.device) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(folder), device=str(device), local_files_only=True, model_kwargs={"dtype": torch.float32}
    )


def _plain(folder: Path, name: str, device: torch.device) -> Any:
    """CLS vectors of a checkpoint that sentence-transformers knows nothing of."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoModel

    # On the meta device this reads names, not tensors.
    _, info = AutoModel.from_pretrained(
        str(folder), local_files_only=True, output_loading_info=True, device_map={"": "meta"}
    )
    check_weights(f"encoder {name}", info["missing_keys"], UNUSED_WEIGHTS)
    local = {"local_files_only": True}
    transformer = Transformer(
        str(folder),
        model_kwargs={**local, "dtype": torch.float32},
        processor_kwargs=dict(local),
        config_kwargs=dict(local),
        # Without it a chat template beside the tokenizer would be put around every text.
        modality_config={"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
        module_output_name="token_embeddings",
    )
    pooling = Pooling(transformer.get_embedding_dimension(), "cls")
    return SentenceTransformer(modules=[transformer, pooling], device=str(device), similarity_fn_name="dot")


def model_length(module: Any, task: str) -> int | None:
    """Tokens that a text module can read, special tokens included; None: any number.

    `task` is `document` or `query`: sentence-transformers models may set a length for each.
    """
    bounds = [module.max_seq_length, _position_bound(module), getattr(module, f"{task}_length", None)]
    truncation = getattr(getattr(module, "tokenizer", None), "truncation", None)
    if isinstance(truncation, dict):  # a StaticEmbedding's tokenizer.json may set one
        bounds.append(truncation["max_length"])
    # transformers writes "no limit" as 1e30, sentence-transformers as infinity.
    known = [int(bound) for bound in bounds if bound is not None and math.isfinite(bound) and bound < 1e9]
    return min(known) if known else None


def _position_bound(module: Any) -> int | None:
    """Rows of the learned position table that a text can use; RoBERTa's begin after padding."""
    import torch

    for layer in module.modules():
        table = getattr(layer, "position_embeddings", None)
        if isinstance(table, torch.nn.Embedding):
            padding = getattr(layer, "padding_idx", None)
            return table.num_embeddings - (padding + 1 if isinstance(padding, int) else 0)
    return None
