"""What is measured on the pairs kept for choosing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xqg.passages.records import Passage
from xqg.queries.prompt import DEFAULT_PROMPT
from xqg.training.generator import validation as module
from xqg.training.generator.pairs import Pair
from xqg.training.generator.tokens import Tokens
from xqg.training.generator.trainer import mean_loss
from xqg.training.generator.validation import Validation, token_losses

ROME = Passage("p1", "Rome", "The Roman empire is large.", "en")
TOKYO = Passage("p2", "Tokyo", "The capital of Japan is Tokyo.", "en")
PAIRS = [
    Pair("Where is Rome?", "en", (ROME,)),
    Pair("Where is the capital of Japan, and what is it?", "en", (TOKYO,)),
    Pair("Где находится столица Японии?", "ru", (TOKYO,)),
]


@pytest.fixture(scope="module")
def loaded(mt5_folder: Path) -> tuple[Any, Tokens]:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(str(mt5_folder)).train()
    return model, Tokens(AutoTokenizer.from_pretrained(str(mt5_folder)), DEFAULT_PROMPT, 200, 60)


def test_token_losses_and_their_mean() -> None:
    import torch

    logits = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)]], [[0.0, math.log(3)], [9.0, 9.0]]])
    labels = torch.tensor([[0, 1], [0, -100]])
    expected = [[math.log(2), math.log(4 / 3)], [math.log(4), 0.0]]
    torch.testing.assert_close(token_losses(logits, labels), torch.tensor(expected))
    total = math.log(2) + math.log(4 / 3) + math.log(4)
    outputs = SimpleNamespace(logits=logits)
    assert float(mean_loss(outputs, labels)) == pytest.approx(total / 3)
    assert float(mean_loss(outputs, labels, num_items_in_batch=6)) == pytest.approx(total / 6)  # of a part of a batch


def test_dev_loss_is_over_tokens(loaded: tuple[Any, Tokens]) -> None:
    """Against transformers' loss of each pair by itself, weighted by its tokens; whatever the batches."""
    import torch

    model, tokens = loaded
    sums: dict[str, float] = {"en": 0, "ru": 0}
    counts = {"en": 0, "ru": 0}
    model.eval()
    for pair in PAIRS:
        row = tokens.row(pair.question, pair.language, pair.passages[0])
        with torch.no_grad():
            loss = model(input_ids=torch.tensor([row["input_ids"]]), labels=torch.tensor([row["labels"]])).loss
        sums[pair.language] += float(loss) * len(row["labels"])
        counts[pair.language] += len(row["labels"])
    model.train()
    for size in (1, 2, 8):
        validation = Validation(tokens, PAIRS, 8, ["en", "ru"], ["en"], size)
        found = validation.measure(model, 3)
        assert model.training
        assert found["loss"] == pytest.approx(sum(sums.values()) / sum(counts.values()), abs=1e-4)
        for language, summed in sums.items():
            assert found["languages"][language]["loss"] == pytest.approx(summed / counts[language], abs=1e-4)
    fewer = Validation(tokens, PAIRS, 1, ["en"], ["en"], 8)
    assert [language for language, _ in fewer.rows] == ["en", "ru"]
    assert len(fewer.passages) == 1


class Scripted:
    """Asks in the right language for Japanese, in English for Russian, in both for English; blank for Korean."""

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        texts = {
            "ja": ["日本の首都はどこですか？"] * 2,
            "ru": ["What is the capital of this country?"] * 2,
            "en": ["What is the capital of this country?", "Где находится столица этой страны?"],
            "ko": ["", ""],
        }[language]
        return [[text] for text in texts[: len(passages)]]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def sampler(*_: Any) -> Any:
        yield Scripted()

    monkeypatch.setattr(module, "sampler", sampler)


def test_share_in_the_right_language(loaded: tuple[Any, Tokens], scripted: None) -> None:
    model, tokens = loaded
    found = Validation(tokens, PAIRS, 8, ["ja", "ru", "en", "ko"], [], 8).measure(model, 3)
    shares = {code: judged["language"] for code, judged in found["languages"].items()}
    assert shares == {"ja": 100, "ru": 0, "en": 50, "ko": 0}
    assert found["share"] == pytest.approx(0.375)
    japanese = found["languages"]["ja"]
    assert japanese["distinct-1"] == 50.0  # 日本の首都はどこですか: 11 characters, all different, twice
    assert japanese["sample"] == "日本の首都はどこですか？"


def test_share_where_nothing_can_be_told_apart(loaded: tuple[Any, Tokens], scripted: None) -> None:
    model, tokens = loaded
    found = Validation(tokens, PAIRS[:2], 8, ["en"], ["en"], 8).measure(model, 3)
    assert found["share"] is None
    assert found["languages"]["en"]["language"] is None
