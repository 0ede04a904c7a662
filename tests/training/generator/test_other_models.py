"""A model that is no T5: BART, with places that end and embeddings that are tied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import save, xlmr_parts
from xqg.errors import XqgError
from xqg.queries import load_generator
from xqg.training.examples.example import TrainingData
from xqg.training.generator.finetune import train
from xqg.training.recipe import FinetuneGeneratorRecipe
from xqg.training.run.options import RunOptions

Recipe = Callable[..., FinetuneGeneratorRecipe]
CPU = RunOptions(device="cpu")


@pytest.fixture(scope="module")
def bart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    _, tokenizer = xlmr_parts()
    torch.manual_seed(0)
    sides = {f"{side}_{what}": 2 for side in ("encoder", "decoder") for what in ("layers", "attention_heads")}
    config = BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=128,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=2,
        **sides,
    )
    return save(tmp_path_factory.mktemp("models") / "bart", BartForConditionalGeneration(config), tokenizer)


def test_bart(few: TrainingData, recipe: Recipe, tmp_path: Path, bart_folder: Path) -> None:
    from safetensors.numpy import load_file

    keys = {"base": str(bart_folder), "passage_length": 128, "freeze": ("decoder-attention", "encoder")}
    train(recipe(**keys), tmp_path / "out", CPU)
    before, after = load_file(bart_folder / "model.safetensors"), load_file(tmp_path / "out" / "model.safetensors")
    changed = {name for name in before if before[name].tobytes() != after[name].tobytes()}
    assert "model.decoder.layers.0.fc1.weight" in changed
    assert "model.shared.weight" in changed
    assert not any("attn" in name or name.startswith("model.encoder.layers") for name in changed)
    loaded = load_generator(str(tmp_path / "out"), device="cpu")
    assert len(loaded.generate_block([("Rome", "Rome is old.")], "ja", 2, 0)[0]) == 2


def test_lengths_beyond_its_places(few: TrainingData, recipe: Recipe, tmp_path: Path, bart_folder: Path) -> None:
    with pytest.raises(XqgError, match=r"passage_length is 512, and .* reads 128 tokens; use 128 or less"):
        train(recipe(base=str(bart_folder)), tmp_path / "out", CPU)
    with pytest.raises(XqgError, match=r"query_length is 200, and .* reads 128 tokens"):
        train(recipe(base=str(bart_folder), passage_length=100, query_length=200), tmp_path / "out", CPU)
    assert list(tmp_path.iterdir()) == []
