"""LoRA (Hu et al., ICLR 2022): low-rank adapters beside weights that stay as they are, merged in the end."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from xqg.errors import XqgError

__all__ = ["add_adapters", "load_adapters", "merge_adapters"]

UNUSED = "pooler.dense"  # BERT's; no vector or score here comes from it


def add_adapters(model: Any, rank: int) -> Any:
    """The model with adapters on all its linear layers; only they learn.

    All linear layers, not only those of attention, because only then do adapters reach what training every
    weight reaches (Dettmers et al., NeurIPS 2023). The adapters are drawn from torch's generator, and change
    nothing before the first step. alpha is twice the rank: the product of the two factors counts double.

    Args:
        model: of transformers; its layers are replaced in place.
        rank: of the adapters, 1 or more.

    Raises:
        XqgError: peft is not installed; a model without linear layers.
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError:
        raise XqgError("lora: needs a package that is not installed; pip install 'xqg[lora]', or leave lora out") from None
    config = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.0,
        target_modules="all-linear",
        exclude_modules=[name for name, _ in model.named_modules() if name.endswith(UNUSED)] or None,
    )
    try:
        with warnings.catch_warnings():  # peft asks transformers by a name that is on its way out
            warnings.simplefilter("ignore", FutureWarning)
            return get_peft_model(model, config)
    except ValueError:
        raise XqgError(f"lora: a {type(model).__name__} has no linear layers to adapt; leave lora out") from None


def load_adapters(model: Any, checkpoint: Path) -> bool:
    """Put a checkpoint's adapters into the model that `add_adapters` gave; False where the checkpoint has none."""
    file = checkpoint / "adapter_model.safetensors"
    if not file.is_file():
        return False
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(file))
    return True


def merge_adapters(model: Any) -> Any:
    """The plain model, its weights with what the adapters learned; it needs no peft.

    Args:
        model: what `add_adapters` gave; its layers are replaced in place.
    """
    return model.merge_and_unload()
