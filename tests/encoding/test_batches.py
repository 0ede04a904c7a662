"""Texts of like length stand together, and vectors come back in the order of the texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.encoding.batches import batches, encode_batches
from xqg.encoding.truncation import text_module, token_counts

LENGTHS = [3, 12, 3, 90, 7, 12, 4, 3, 0, 20]


@pytest.mark.parametrize("budget", [1, 24, 40, 1000])
def test_batches_are_as_full_as_the_budget_allows(budget: int) -> None:
    found = batches(LENGTHS, budget)
    assert sorted(text for batch in found for text in batch) == list(range(len(LENGTHS)))
    longest = [max(LENGTHS[text] for text in batch) for batch in found]
    assert longest == sorted(longest, reverse=True)
    for length, batch, following in zip(longest, found, [*found[1:], []], strict=True):
        assert len(batch) == 1 or len(batch) * length <= budget
        if following:
            assert (len(batch) + 1) * length > budget
            assert min(LENGTHS[text] for text in batch) >= LENGTHS[following[0]]
    assert batches([], budget) == []


def test_vectors_in_the_order_of_the_texts() -> None:
    texts = [f"{number} {'x' * length}" for number, length in enumerate(LENGTHS)]
    seen: list[list[str]] = []

    def encode(batch: list[str]) -> np.ndarray:
        seen.append(batch)
        return np.array([[float(text.split()[0])] for text in batch], dtype=np.float32)

    parts = batches(LENGTHS, 24)
    vectors = encode_batches(encode, texts, parts)
    assert vectors[:, 0].tolist() == list(range(len(texts)))
    assert [len(batch) for batch in seen] == [len(part) for part in parts] != [len(texts)]


def test_tokens_are_those_that_the_model_reads(bert_folder: Path) -> None:
    from transformers import AutoTokenizer

    from xqg.encoding import load_encoder

    encoder = load_encoder(str(bert_folder), device="cpu")
    texts, prompt = ["", "tokyo", "the capital of Japan is Tokyo", "year " * 100], "capital: "
    found = token_counts(text_module(encoder.model, "query"), texts, prompt, 8)
    tokenizer = AutoTokenizer.from_pretrained(bert_folder)
    assert found == [min(8, len(tokenizer(prompt + text)["input_ids"])) for text in texts]
    assert len(set(found)) > 2
    assert encoder.model.max_seq_length == 64  # as it was
