"""Devices, number types, missing weights."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from xqg.errors import XqgError
from xqg.models.loading import check_weights, pick_device, pick_dtype, resolve_dtype


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


@pytest.mark.parametrize(
    ("found", "native"),
    [
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({"avx512_f": True, "amx_bf16": False}, False),
    ],
)
def test_auto_on_a_processor(found: dict[str, bool], native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: found, raising=False)
    cpu = pick_device("cpu")
    assert resolve_dtype("auto", cpu, "encoder") == ("bfloat16" if native else "float32")
    assert resolve_dtype("auto", cpu, "generator") == resolve_dtype("auto", cpu, "reader") == "float32"
    assert resolve_dtype("float32", cpu, "encoder") == "float32"
    assert resolve_dtype("bfloat16", cpu, "reader") == "bfloat16"


def test_auto_where_torch_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("torch.cpu.get_capabilities", raising=False)
    assert resolve_dtype("auto", pick_device("cpu"), "encoder") == "float32"


@pytest.mark.parametrize("native", [True, False])
def test_auto_on_a_gpu(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr("torch.cuda.device", lambda _: nullcontext())
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: native)
    gpu = torch.device("cuda")
    for kind in ("encoder", "generator"):
        assert resolve_dtype("auto", gpu, kind) == ("bfloat16" if native else "float32")
    assert resolve_dtype("auto", gpu, "reader") == "float32"


def test_missing_weights() -> None:
    check_weights("m", ["pooler.weight"], ("pooler.",))
    with pytest.raises(XqgError, match=r"lacks 2 weights of its model, such as a\.weight"):
        check_weights("m", ["b.weight", "pooler.weight", "a.weight"], ("pooler.",))
