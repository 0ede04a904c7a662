"""A little data to train a generator on: six articles, three languages of questions."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import save
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.recipe import FinetuneGeneratorRecipe

SUBJECTS = ("Tokyo", "Rome", "Wasser", "Japan", "people", "answer")


def example(number: int, languages: tuple[str, ...] = ("en", "de", "ru")) -> Example:
    subject = SUBJECTS[number % len(SUBJECTS)]
    questions = {
        "en": f"Where is {subject}?",
        "de": f"Wo ist {subject}, das Wasser?",
        "ru": f"Где находится {subject}?",
    }
    passage = Passage(f"p{number}", subject, f"{subject} is large and old. Nobody agrees on {number}.", "en")
    asked = {language: questions[language] for language in languages}
    return Example(f"e{number}", asked, {"en": passage}, group=subject)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> TrainingData:
    """Twelve examples about six subjects, in place of what a recipe names."""
    examples = [example(number, ("en", "de", "ru") if number < 8 else ("en",)) for number in range(12)]
    data = TrainingData(examples, [passage for one in examples for passage in one.passages.values()])
    monkeypatch.setattr("xqg.training.examples.prepare.training_data", lambda recipe, options: data)
    return data


@pytest.fixture(scope="session", params=["MT5", "T5"])
def untied_folder(request: pytest.FixtureRequest, mt5_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as google/mt5-* and google/t5-v1_1-* are: an output layer of its own, no scaling before it."""
    import torch
    import transformers
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(mt5_folder))
    torch.manual_seed(0)
    config = getattr(transformers, f"{request.param}Config")(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        tie_word_embeddings=False,
    )
    model = getattr(transformers, f"{request.param}ForConditionalGeneration")(config)
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.shared.weight))
    folder = save(tmp_path_factory.mktemp("models") / f"untied-{request.param}", model, tokenizer)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "tie_word_embeddings": False}))
    return folder


@pytest.fixture
def recipe(mt5_folder: Path) -> Callable[..., FinetuneGeneratorRecipe]:
    """A recipe of six steps on the small mT5, with what is given in place of its keys."""
    whole = FinetuneGeneratorRecipe(
        base=str(mt5_folder),
        train=("unused",),
        dev_share=0.2,
        evaluate_every=3,
        evaluate_passages=2,
        batch_size=6,
        steps=6,
        learning_rate=0.01,
        dtype="float32",
        save_every=100,
    )

    def changed(**keys: Any) -> FinetuneGeneratorRecipe:
        return dataclasses.replace(whole, **keys)

    return changed


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Ctrl-C at a step: the signal's handler is what `Interrupt` sets."""
    from xqg.training.run.interrupt import Interrupt

    def at(step: int) -> None:
        original = Interrupt.on_step_end

        def on_step_end(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
            self.asked = state.global_step == step
            original(self, args, state, control, **more)

        monkeypatch.setattr(Interrupt, "on_step_end", on_step_end)

    return at
