"""Which weights the parts of a model are."""

from __future__ import annotations

from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.training.generator.freezing import PARTS, freeze, weights_of


def mt5(tied: bool = False) -> Any:
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration

    sizes = {"vocab_size": 20, "d_model": 8, "d_kv": 4, "d_ff": 12, "num_layers": 2, "num_heads": 2}
    model = MT5ForConditionalGeneration(MT5Config(**sizes))
    if not tied:  # as the published ones
        model.lm_head.weight = torch.nn.Parameter(model.shared.weight.detach().clone())
    return model


def bart() -> Any:
    from transformers import BartConfig, BartForConditionalGeneration

    sides = {f"{side}_{what}": 2 for side in ("encoder", "decoder") for what in ("layers", "attention_heads")}
    widths = {"encoder_ffn_dim": 12, "decoder_ffn_dim": 12}
    return BartForConditionalGeneration(BartConfig(vocab_size=20, d_model=8, **sides, **widths))


def names(model: Any, part: str) -> set[str]:
    found = {id(weight) for weight in weights_of(model, part)}
    return {name for name, weight in model.named_parameters() if id(weight) in found}


def test_parts_of_mt5() -> None:
    model = mt5()
    every = {name for name, _ in model.named_parameters()}
    assert names(model, "embeddings") == {"shared.weight", "lm_head.weight"}
    assert names(model, "encoder") == {name for name in every if name.startswith("encoder.")}
    attention, forward = names(model, "decoder-attention"), names(model, "decoder-feed-forward")
    assert "decoder.block.1.layer.1.EncDecAttention.q.weight" in attention
    assert "decoder.block.0.layer.0.layer_norm.weight" in attention
    assert "decoder.block.1.layer.2.DenseReluDense.wo.weight" in forward
    assert not attention & forward
    assert names(model, "decoder") == attention | forward | {"decoder.final_layer_norm.weight"}
    assert every == names(model, "embeddings") | names(model, "encoder") | names(model, "decoder")


def test_tied_embeddings_are_one() -> None:
    assert names(mt5(tied=True), "embeddings") == {"shared.weight"}
    assert len(weights_of(mt5(tied=True), "embeddings")) == 1


def test_parts_of_bart() -> None:
    model = bart()
    every = {name for name, _ in model.named_parameters()}
    assert names(model, "embeddings") == {
        "model.shared.weight",
        "model.encoder.embed_positions.weight",
        "model.decoder.embed_positions.weight",
    }
    attention, forward = names(model, "decoder-attention"), names(model, "decoder-feed-forward")
    assert "model.decoder.layers.1.encoder_attn.q_proj.bias" in attention
    assert "model.decoder.layers.1.self_attn_layer_norm.weight" in attention
    assert {"model.decoder.layers.0.fc1.weight", "model.decoder.layers.0.final_layer_norm.bias"} <= forward
    norms = {f"model.decoder.layernorm_embedding.{kind}" for kind in ("weight", "bias")}
    assert names(model, "decoder") == attention | forward | norms
    assert every == names(model, "embeddings") | names(model, "encoder") | names(model, "decoder")


@pytest.mark.parametrize("make", [mt5, bart])
def test_frozen_weights_stay_the_rest_moves(make: Any) -> None:
    import torch

    model = make()
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    left = freeze(model, "it", ("embeddings", "decoder-attention"))
    assert left == sum(w.numel() for w in model.parameters() if w.requires_grad) > 0
    frozen = names(model, "embeddings") | names(model, "decoder-attention")
    optimiser = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=0.1, weight_decay=0.1)
    model(input_ids=torch.tensor([[3, 4, 1]]), labels=torch.tensor([[5, 6, 1]])).loss.backward()
    optimiser.step()
    same = {name for name, weight in model.named_parameters() if torch.equal(weight, before[name])}
    assert frozen <= same
    assert names(model, "decoder-feed-forward").isdisjoint(same - frozen)


def test_refusals() -> None:
    from transformers import BertConfig, BertModel

    small = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    with pytest.raises(XqgError, match=r"it \(bert\) has no part 'decoder' that xqg knows; of the parts it has encoder"):
        freeze(BertModel(small), "it", ("decoder",))
    with pytest.raises(XqgError, match="no part 'everything'; the parts are " + ", ".join(PARTS)):
        freeze(mt5(), "it", ("everything",))
    with pytest.raises(XqgError, match="are all weights of it; leave a part to train"):
        freeze(mt5(), "it", ("embeddings", "encoder", "decoder"))
