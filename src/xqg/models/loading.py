"""Helpers of the loaders: device, number type, quiet loading, checked weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.models.resolve import Kind

if TYPE_CHECKING:
    import torch

__all__ = ["check_weights", "pick_device", "pick_dtype", "quiet", "resolve_dtype"]

DTYPES = ("float32", "bfloat16", "float16")


def pick_device(device: str | None) -> torch.device:
    """The device asked for; None: the first CUDA GPU where there is one, else the processor.

    Raises:
        XqgError: an unknown device, or one that this machine has not.
    """
    import torch

    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, ValueError):
        raise XqgError(f"device {device!r} is not on this machine; use cpu, or leave it out") from None
    return chosen


def resolve_dtype(dtype: str, device: torch.device, kind: Kind) -> str:
    """What `auto` stands for: the fastest number type that does a kind of model no harm on a device.

    Encoders run in bfloat16 where the processor or GPU computes in it, generators on such a GPU;
    readers, and all models elsewhere, in float32. Any other name comes back as it is.
    """
    if dtype != "auto":
        return dtype
    if kind == "reader" or (kind == "generator" and device.type == "cpu"):
        return "float32"
    return "bfloat16" if _has_bfloat16(device) else "float32"


def _has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies matrices in bfloat16 itself; emulation is slower than float32."""
    import torch

    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    # An older torch does not say.
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def pick_dtype(dtype: str, device: torch.device) -> torch.dtype:
    """`float32`, `bfloat16` or `float16` as torch names them.

    Raises:
        XqgError: another name, or float16 on a processor.
    """
    import torch

    if dtype not in DTYPES:
        raise XqgError(f"dtype {dtype!r} is not known; use auto or one of {', '.join(DTYPES)}")
    if dtype == "float16" and device.type == "cpu":
        raise XqgError("dtype float16 is for GPUs only; use float32 or bfloat16 on a processor")
    return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[dtype]


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers' progress bars and load reports; what matters is checked instead."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def check_weights(name: str, missing: Iterable[str], harmless: tuple[str, ...] = ()) -> None:
    """Refuse a checkpoint that leaves weights at their random start.

    Args:
        name: the model's name.
        missing: names of the weights that the checkpoint lacks.
        harmless: beginnings of the names of weights that are not used.

    Raises:
        XqgError: any other weight is missing.
    """
    lacking = sorted(key for key in missing if not key.startswith(harmless))
    if lacking:
        raise XqgError(
            f"{name}: the checkpoint lacks {len(lacking)} weights of its model, such as {lacking[0]}; "
            "it is another kind of model or a damaged one, give another"
        )
