"""Devices, number types, missing weights."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.models.loading import check_weights, pick_device, pick_dtype


def test_devices_and_dtypes() -> None:
    import torch

    cpu = pick_device("cpu")
    assert cpu == torch.device("cpu")
    assert pick_device(None).type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert pick_dtype("bfloat16", cpu) == torch.bfloat16
    assert pick_dtype("float16", torch.device("cuda")) == torch.float16
    for device in ("quantum", "cuda:99", "", "-1"):
        with pytest.raises(XqgError, match="not on this machine"):
            pick_device(device)
    with pytest.raises(XqgError, match="for GPUs only"):
        pick_dtype("float16", cpu)


def test_missing_weights() -> None:
    check_weights("m", ["pooler.weight"], ("pooler.",))
    with pytest.raises(XqgError, match=r"lacks 2 weights of its model, such as a\.weight"):
        check_weights("m", ["b.weight", "pooler.weight", "a.weight"], ("pooler.",))
