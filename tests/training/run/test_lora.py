"""LoRA: only adapters learn, what is merged says the same as with them, and needs no peft."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import bert_parts, xlmr_parts
from xqg.errors import XqgError
from xqg.training.run.lora import add_adapters, load_adapters, merge_adapters

RANK = 4


def _loss(output: torch.Tensor) -> torch.Tensor:
    return (output - 1).square().mean()


def _step(parts: torch.nn.Module, output: Callable[[], torch.Tensor]) -> dict[str, torch.nn.Parameter]:
    """Take two steps of AdamW (before the first one B is 0, and A has no gradient); what has a gradient."""
    optimiser = torch.optim.AdamW([weight for weight in parts.parameters() if weight.requires_grad], lr=0.01)
    for _ in range(2):
        optimiser.zero_grad()
        _loss(output()).backward()
        optimiser.step()
    return {name: weight for name, weight in parts.named_parameters() if weight.grad is not None}


@pytest.fixture
def seq2seq(mt5_folder: Path) -> Any:
    from transformers import AutoModelForSeq2SeqLM

    return AutoModelForSeq2SeqLM.from_pretrained(mt5_folder).eval()


IDS = torch.tensor([[5, 6, 7, 1]])


def _logits(model: Any) -> torch.Tensor:
    return model(input_ids=IDS, labels=IDS).logits


def test_a_seq2seq_model(seq2seq: Any, tmp_path: Path) -> None:
    plain = {name: weight.clone() for name, weight in seq2seq.state_dict().items()}
    before = _logits(seq2seq).detach()
    model = add_adapters(seq2seq, RANK)
    torch.testing.assert_close(_logits(model).detach(), before)  # adapters begin as nothing
    learned = _step(model, lambda: _logits(model))
    assert learned
    assert all("lora_" in name for name in learned)
    # Two layers of the encoder, two of the decoder: attention has 4 linear layers, the gated feed-forward 3.
    layers = 2 * (4 + 3) + 2 * (4 + 4 + 3)
    assert len(learned) == 2 * layers
    assert {min(weight.shape) for weight in learned.values()} == {RANK}
    with_adapters = _logits(model).detach()
    assert not torch.allclose(with_adapters, before, atol=1e-3)
    found = merge_adapters(model)
    assert type(found) is type(seq2seq)
    torch.testing.assert_close(_logits(found).detach(), with_adapters, rtol=1e-4, atol=1e-4)
    assert set(found.state_dict()) == set(plain)
    changed = {name for name, weight in found.state_dict().items() if not torch.equal(weight, plain[name])}
    assert len(changed) == layers  # no embedding, norm or output layer
    found.save_pretrained(tmp_path / "model")
    expected = _loss(_logits(found)).item()
    code = (
        "import sys; sys.modules['peft'] = None\n"
        "import torch\n"
        "from transformers import AutoModelForSeq2SeqLM\n"
        "model = AutoModelForSeq2SeqLM.from_pretrained(sys.argv[1]).eval()\n"
        "ids = torch.tensor([[5, 6, 7, 1]])\n"
        "print((model(input_ids=ids, labels=ids).logits - 1).square().mean().item())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "model"], capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(expected, rel=1e-4)


def test_a_sentence_transformer(prompted_folder: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(prompted_folder), device="cpu").eval()
    transformer: Any = model[0]
    features = model.preprocess(["The capital of Japan is Tokyo."])

    def vector() -> torch.Tensor:
        return model(dict(features))["sentence_embedding"]

    before = vector().detach()
    transformer.model = add_adapters(transformer.model, RANK)
    torch.testing.assert_close(vector().detach(), before)
    learned = _step(model, vector)
    assert learned
    assert all("lora_" in name for name in learned)
    with_adapters = vector().detach()
    assert not torch.allclose(with_adapters, before, atol=1e-3)
    transformer.model = merge_adapters(transformer.model)
    torch.testing.assert_close(vector().detach(), with_adapters, rtol=1e-4, atol=1e-4)
    model.save_pretrained(str(tmp_path / "model"), create_model_card=False)
    assert not list((tmp_path / "model").rglob("adapter*"))
    again = SentenceTransformer(str(tmp_path / "model"), device="cpu").encode(["The capital of Japan is Tokyo."])
    torch.testing.assert_close(torch.from_numpy(again), model.encode(["The capital of Japan is Tokyo."], convert_to_tensor=True))


@pytest.mark.parametrize("parts", [bert_parts, xlmr_parts])
def test_every_adapter_learns(parts: Callable[[], tuple[Any, Any]]) -> None:
    """BERT's pooler has none: nothing is read from it."""
    model = add_adapters(parts()[0].eval(), RANK)
    learned = _step(model, lambda: model(input_ids=torch.tensor([[5, 6, 7]])).last_hidden_state)
    assert set(learned) == {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert len(learned) == 2 * 2 * 6  # two layers of query, key, value, output and two feed-forward
    assert not any("pooler" in name for name in learned)


def test_adapters_of_a_checkpoint(seq2seq: Any, mt5_folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM

    model = add_adapters(seq2seq, RANK)
    _step(model, lambda: _logits(model))
    model.save_pretrained(tmp_path)
    torch.manual_seed(1)
    other = add_adapters(AutoModelForSeq2SeqLM.from_pretrained(mt5_folder).eval(), RANK)
    assert not torch.allclose(_logits(other), _logits(model), atol=1e-3)
    assert load_adapters(other, tmp_path)
    torch.testing.assert_close(_logits(other), _logits(model))
    assert not load_adapters(other, mt5_folder)  # whole weights, no adapters


def test_the_rank_counts() -> None:
    def learning(rank: int) -> int:
        return sum(w.numel() for w in add_adapters(bert_parts()[0], rank).parameters() if w.requires_grad)

    assert learning(8) == 2 * learning(4)


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(XqgError, match="lora: a Embedding has no linear layers to adapt; leave lora out"):
        add_adapters(torch.nn.Embedding(3, 2), RANK)
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(XqgError, match=r"pip install 'xqg\[lora\]', or leave lora out"):
        add_adapters(bert_parts()[0], RANK)
