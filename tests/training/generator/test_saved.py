"""What a trainer made is what loads again: transformers has changed T5's tying and scaling between versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queries.test_golden import GOLDEN, GREEDY, PROMPTS, TARGETS, golden  # noqa: F401
from xqg.queries import load_generator
from xqg.training.examples.example import TrainingData
from xqg.training.generator import finetune
from xqg.training.generator.trainer import GeneratorTrainer
from xqg.training.recipe import FinetuneGeneratorRecipe
from xqg.training.run.options import RunOptions

Recipe = Callable[..., FinetuneGeneratorRecipe]
CPU = RunOptions(device="cpu")


def test_saved_and_loaded_gives_the_same_logits(
    few: TrainingData, recipe: Recipe, tmp_path: Path, untied_folder: Path
) -> None:
    """An output layer of its own stays that, for other versions of transformers, too, and nothing is scaled."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    kept: dict[str, Any] = {}
    ids, written = torch.tensor([[5, 6, 7, 1]]), torch.tensor([[0, 8, 9]])

    def save(recipe: Any, run: Any, trainer: GeneratorTrainer, tokens: Any) -> None:
        original(recipe, run, trainer, tokens)
        with torch.no_grad():
            kept["logits"] = trainer.model.eval()(input_ids=ids, decoder_input_ids=written).logits

    with pytest.MonkeyPatch.context() as patch:
        original = finetune._save
        patch.setattr(finetune, "_save", save)
        finetune.train(recipe(base=str(untied_folder)), out := tmp_path / "out", CPU)
    model = AutoModelForSeq2SeqLM.from_pretrained(str(out)).eval()
    with torch.no_grad():
        logits = model(input_ids=ids, decoder_input_ids=written).logits
    assert torch.equal(logits, kept["logits"])
    before = AutoModelForSeq2SeqLM.from_pretrained(str(untied_folder))
    assert not torch.equal(model.lm_head.weight, before.lm_head.weight)
    assert not torch.equal(model.lm_head.weight, model.shared.weight)
    assert json.loads((out / "config.json").read_text())["tie_word_embeddings"] is False


def test_golden_numbers_survive_the_trainer(
    few: TrainingData,
    recipe: Recipe,
    tmp_path: Path,
    golden: tuple[Path, Any],  # noqa: F811
) -> None:
    """Loaded, trained with steps of size 0, chosen, saved and loaded: still the numbers that are committed."""
    finetune.train(recipe(base=str(golden[0]), learning_rate=0.0), tmp_path / "out", CPU)
    generator = load_generator(str(tmp_path / "out"), device="cpu")
    assert generator.log_probabilities(PROMPTS, TARGETS) == pytest.approx(GOLDEN, abs=1e-4)
    batch = generator.tokenizer(PROMPTS[0], return_tensors="pt")
    assert generator.model.generate(**batch, do_sample=False, max_new_tokens=6)[0].tolist() == GREEDY
