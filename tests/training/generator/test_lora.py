"""Adapters in place of all weights; merged at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqg.training.examples.example import TrainingData
from xqg.training.generator.finetune import train
from xqg.training.generator.validation import Validation
from xqg.training.recipe import FinetuneGeneratorRecipe
from xqg.training.run.options import RunOptions

pytest.importorskip("peft")
Recipe = Callable[..., FinetuneGeneratorRecipe]


@pytest.fixture
def adapted(recipe: Recipe, untied_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Trains six steps with adapters; the weights of the step that is named are the best."""

    def run(out: Path, best: int, **options: Any) -> Path:
        def measure(self: Validation, model: Any, step: int) -> dict[str, Any]:
            return {"step": step, "loss": 1.0 + (step != best), "share": None, "languages": {}}

        monkeypatch.setattr(Validation, "measure", measure)
        train(recipe(base=str(untied_folder), lora=2, evaluate_every=2), out, RunOptions(device="cpu", **options))
        return out

    return run


def test_the_best_adapters_are_merged(
    few: TrainingData, adapted: Callable[..., Path], tmp_path: Path, untied_folder: Path
) -> None:
    """They are not the last ones; the output is a plain model, whose embeddings and norms are those of the base."""
    import torch
    from safetensors.torch import load_file

    before = load_file(untied_folder / "model.safetensors")
    early, late = (load_file(adapted(tmp_path / f"best{best}", best) / "model.safetensors") for best in (2, 6))
    assert set(early) == set(late) == set(before)
    for one, other in ((before, early), (early, late)):
        changed = [name for name in before if not torch.equal(one[name], other[name])]
        assert any("EncDecAttention.q" in name for name in changed)
        assert not any("shared" in name or "norm" in name for name in changed)


def test_resumed_adapters_are_as_unbroken(
    few: TrainingData, adapted: Callable[..., Path], tmp_path: Path, stop_at: Callable[[int], None]
) -> None:
    whole = adapted(tmp_path / "whole", best=6)
    stop_at(3)
    with pytest.raises(KeyboardInterrupt):
        adapted(tmp_path / "out", best=6)
    out = adapted(tmp_path / "out", best=6, resume=True)
    assert (out / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
