"""mT5 as it was trained: an untied output layer, no scaling of the decoder's output.

transformers has changed weight tying and output scaling of the T5 family between versions, and a
wrong one still writes fluent-looking nonsense. So a checkpoint with weights made by a formula is
compared with a forward pass written out here in numpy (Raffel et al. 2020; Xue et al. 2021) and
with committed numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.queries import load_generator

PIECES = ["<pad>", "</s>", "<unk>", "▁", "a", "b", "c", "▁a", "▁b", "ab", "?", "▁c"]
HEADS, WIDTH, LAYERS = 2, 4, 2
PROMPTS = ["a b c ab", "cab"]
TARGETS = ["b a?", "c"]
GOLDEN = [-11.12207, -4.63602]
GREEDY = [0, 11, 3, 2, 4, 2, 6]


def formula_weights(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Weight i of the k-th parameter by name: sin(0.7 i + k) / 2, layer norms around 1."""
    weights = {}
    for k, (name, shape) in enumerate(sorted(shapes.items())):
        values = np.sin(0.7 * np.arange(np.prod(shape)) + k) / 2
        weights[name] = (values + ("layer_norm" in name)).astype(np.float32).reshape(shape)
    return weights


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, np.ndarray]]:
    from safetensors.numpy import save_file
    from transformers import MT5Config, MT5ForConditionalGeneration, T5Tokenizer

    folder = tmp_path_factory.mktemp("golden")
    config = MT5Config(
        vocab_size=len(PIECES), d_model=8, d_kv=WIDTH, d_ff=12, num_layers=LAYERS, num_heads=HEADS
    )
    state = MT5ForConditionalGeneration(config).state_dict()
    tied = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    weights = formula_weights({k: tuple(v.shape) for k, v in state.items() if k not in tied})
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    # As in google/mt5-*: "tie_word_embeddings": false, and lm_head beside shared.
    written = {**json.loads(config.to_json_string()), "tie_word_embeddings": False}
    written["architectures"] = ["MT5ForConditionalGeneration"]
    (folder / "config.json").write_text(json.dumps(written))
    vocab = [(piece, -float(len(PIECES) - len(piece))) for piece in PIECES]
    T5Tokenizer(vocab=vocab, extra_ids=0).save_pretrained(folder)
    return folder, weights


class Reference:
    """The forward pass of mT5 in numpy, one text at a time, float64."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.w = {name: weight.astype(np.float64) for name, weight in weights.items()}

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * self.w[f"{name}.weight"]

    def bias(self, length: int, stack: str) -> np.ndarray:
        """(heads, query, key): fewer than 8 positions apart there is one bucket per distance."""
        table = self.w[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        apart = np.arange(length)[None, :] - np.arange(length)[:, None]  # key - query
        half = 16 if stack == "encoder" else 0  # the decoder sees the past only
        buckets = np.where(apart > 0, apart + half, -apart)
        return table[np.where((apart > 0) & (half == 0), 0, buckets)].transpose(2, 0, 1)

    def attend(self, x: np.ndarray, memory: np.ndarray, name: str, bias: Any) -> np.ndarray:
        split = lambda y: y.reshape(len(y), HEADS, WIDTH).transpose(1, 0, 2)  # noqa: E731
        q, k, v = (
            split(source @ self.w[f"{name}.{part}.weight"].T)
            for source, part in ((x, "q"), (memory, "k"), (memory, "v"))
        )
        scores = q @ k.transpose(0, 2, 1) + bias  # T5 does not divide by √width
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True)) @ v
        return mixed.transpose(1, 0, 2).reshape(len(x), -1) @ self.w[f"{name}.o.weight"].T

    def feed(self, x: np.ndarray, name: str) -> np.ndarray:
        gate = x @ self.w[f"{name}.wi_0.weight"].T
        gate = 0.5 * gate * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
        return (gate * (x @ self.w[f"{name}.wi_1.weight"].T)) @ self.w[f"{name}.wo.weight"].T

    def stack(self, ids: list[int], name: str, memory: np.ndarray | None = None) -> np.ndarray:
        x = self.w["shared.weight"][ids]
        bias = self.bias(len(ids), name)
        if memory is not None:
            bias = bias + np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
        for number in range(LAYERS):
            layer = f"{name}.block.{number}.layer"
            y = self.norm(x, f"{layer}.0.layer_norm")
            x = x + self.attend(y, y, f"{layer}.0.SelfAttention", bias)
            if memory is not None:
                y = self.norm(x, f"{layer}.1.layer_norm")
                x = x + self.attend(y, memory, f"{layer}.1.EncDecAttention", 0.0)
            last = 1 if memory is None else 2
            x = x + self.feed(self.norm(x, f"{layer}.{last}.layer_norm"), f"{layer}.{last}.DenseReluDense")
        return self.norm(x, f"{name}.final_layer_norm")

    def log_probabilities(self, source: list[int], decoder: list[int]) -> np.ndarray:
        """(len(decoder), vocabulary): of the next token after each of the decoder's."""
        hidden = self.stack(decoder, "decoder", self.stack(source, "encoder"))
        logits = hidden @ self.w["lm_head.weight"].T
        return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def test_log_probabilities(golden: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, weights = golden
    generator = load_generator(str(folder), device="cpu")
    reference = Reference(weights)
    expected = []
    for prompt, target in zip(PROMPTS, TARGETS, strict=True):
        source, ids = generator.tokenizer(prompt).input_ids, generator.tokenizer(target).input_ids
        each = reference.log_probabilities(source, [0, *ids[:-1]])
        expected.append(each[np.arange(len(ids)), ids].sum())
    got = generator.log_probabilities(PROMPTS, TARGETS)
    np.testing.assert_allclose(got, expected, atol=1e-4)
    np.testing.assert_allclose(got, GOLDEN, atol=1e-4)


def test_greedy_tokens(golden: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, weights = golden
    generator = load_generator(str(folder), device="cpu")
    batch = generator.tokenizer(PROMPTS[0], return_tensors="pt")
    made = generator.model.generate(**batch, do_sample=False, max_new_tokens=6)[0].tolist()
    reference, ids = Reference(weights), [0]
    while len(ids) <= 6 and ids[-1] != 1:
        ids.append(int(reference.log_probabilities(batch["input_ids"][0].tolist(), ids)[-1].argmax()))
    assert made == ids == GREEDY
