"""Fine-tuning a small mT5 from end to end."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import save
from xqg.errors import XqgError
from xqg.models import read_card
from xqg.queries import DEFAULT_PROMPT, load_generator
from xqg.training.examples.example import TrainingData
from xqg.training.generator import finetune
from xqg.training.generator.validation import Validation
from xqg.training.recipe import FinetuneGeneratorRecipe
from xqg.training.run.options import CostEstimate, RunOptions

Recipe = Callable[..., FinetuneGeneratorRecipe]
CPU = RunOptions(device="cpu")


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


def train(recipe: FinetuneGeneratorRecipe, out: Path, **options: Any) -> Path:
    finetune.train(recipe, out, RunOptions(device="cpu", **options))
    return out


def test_a_generator_that_loads_without_xqg(few: TrainingData, recipe: Recipe, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    out = train(recipe(), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    model = AutoModelForSeq2SeqLM.from_pretrained(str(out))
    batch = AutoTokenizer.from_pretrained(str(out))("Where is Tokyo?", return_tensors="pt")
    assert model.generate(**batch).shape[0] == 1  # its generation settings hold
    settings = json.loads((out / "generation_config.json").read_text())
    assert {key: settings[key] for key in ("do_sample", "top_k", "max_new_tokens")} == {
        "do_sample": True,
        "top_k": 10,
        "max_new_tokens": 64,
    }
    assert model.config.use_cache is True
    assert all(torch.isfinite(weight).all() for weight in model.parameters())
    assert len(load_generator(str(out), device="cpu").generate_block([("", "Tokyo is old.")], "ja", 2, 0)[0]) == 2


def test_card_and_curve(few: TrainingData, recipe: Recipe, tmp_path: Path) -> None:
    out = train(recipe(), tmp_path / "out")
    card = (out / "README.md").read_text(encoding="utf-8")
    assert read_card(out) == (("de", "en", "ru"), DEFAULT_PROMPT)
    assert "train:\n- unused" in card
    assert "- seed: 0" in card or "seed: 0" in card
    curve = json.loads((out / "curve.json").read_text(encoding="utf-8"))
    assert [row["step"] for row in curve] == [0, 3, 6]
    assert set(curve[0]["languages"]["ru"]) == {"loss", "language", "distinct-1", "distinct-2", "sample"}
    kept = min(curve[1:], key=lambda row: row["score"])["step"]
    assert f"- step kept: {kept}" in card
    for row in curve:
        assert row["score"] == pytest.approx(row["loss"] - row["share"], abs=1e-4)


def test_resumed_is_as_unbroken(
    few: TrainingData, recipe: Recipe, tmp_path: Path, untied_folder: Path, stop_at: Callable[[int], None]
) -> None:
    """Interrupted between two looks, with dropout: the same weights, and the same curve but for the time."""
    keys = recipe(base=str(untied_folder))
    whole = train(keys, tmp_path / "whole")
    stop_at(4)
    with pytest.raises(KeyboardInterrupt, match="interrupted at step 4; go on with `resume`"):
        train(keys, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(XqgError, match="holds a training that was interrupted at step 4; go on with it by `resume`"):
        train(keys, tmp_path / "out")
    out = train(keys, tmp_path / "out", resume=True)
    assert weights(out) == weights(whole)
    assert _looks(out) == _looks(whole)
    assert not (tmp_path / "out.checkpoints").exists()


def _looks(folder: Path) -> list[dict[str, Any]]:
    rows = json.loads((folder / "curve.json").read_text(encoding="utf-8"))
    return [{name: value for name, value in row.items() if name != "minutes"} for row in rows]


def test_the_best_step_before_an_interruption_is_not_lost(
    few: TrainingData,
    recipe: Recipe,
    tmp_path: Path,
    stop_at: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Validation, "measure", _falling_behind)
    whole = train(recipe(evaluate_every=2), tmp_path / "whole")
    assert "- step kept: 2" in (whole / "README.md").read_text()
    last = train(recipe(evaluate_every=2, language_weight=0.0), tmp_path / "last")
    assert weights(last) != weights(whole)
    stop_at(5)
    with pytest.raises(KeyboardInterrupt):
        train(recipe(evaluate_every=2), tmp_path / "out")
    out = train(recipe(evaluate_every=2), tmp_path / "out", resume=True)
    assert weights(out) == weights(whole)


def _falling_behind(self: Validation, model: Any, step: int) -> dict[str, Any]:
    """Loss falls all the time, and so does the share in the right language after step 2."""
    return {"step": step, "loss": 3 - step / 10, "share": 0.9 if step <= 2 else 0.2, "languages": {}}


@pytest.mark.parametrize(("weight", "kept"), [(1.0, 2), (0.0, 6), (0.1, 6)])
def test_chosen_by_language_not_by_loss_alone(
    few: TrainingData, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weight: float, kept: int
) -> None:
    monkeypatch.setattr(Validation, "measure", _falling_behind)
    out = train(recipe(evaluate_every=2, language_weight=weight), tmp_path / "out")
    assert f"- step kept: {kept}" in (out / "README.md").read_text()


def test_a_loss_that_is_no_number_ends_it(
    few: TrainingData, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(self: Validation, model: Any, step: int) -> dict[str, Any]:
        return {**_falling_behind(self, model, step), "loss": float("nan" if step else 3)}

    monkeypatch.setattr(Validation, "measure", measure)
    with pytest.raises(XqgError, match="step 3: the dev loss is nan; lower learning_rate and begin anew"):
        train(recipe(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_frozen_parts_keep_their_weights(few: TrainingData, recipe: Recipe, tmp_path: Path, mt5_folder: Path) -> None:
    from safetensors.numpy import load_file

    out = train(recipe(freeze=("embeddings", "decoder")), tmp_path / "out")
    before, after = load_file(mt5_folder / "model.safetensors"), load_file(out / "model.safetensors")
    assert list(before) == list(after)
    changed = {name for name in before if before[name].tobytes() != after[name].tobytes()}
    assert changed == {name for name in before if name.startswith("encoder.")}


def test_parts_of_a_batch_give_the_same_step(
    few: TrainingData, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loss and gradient are those of the mean over the batch's tokens, whatever is computed at once."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    base = tmp_path / "base"
    model = AutoModelForSeq2SeqLM.from_pretrained(recipe().base)
    model.config.dropout_rate = 0.0
    save(base, model, AutoTokenizer.from_pretrained(recipe().base))
    logs: list[dict[str, float]] = []
    monkeypatch.setattr(finetune, "_save", lambda recipe, run, trainer, tokens: logs.append(run.history[0]))
    for micro in (0, 3, 1):
        keys = {"base": str(base), "micro_batch": micro, "learning_rate": 0.0, "dev_share": 0.0}
        train(recipe(steps=10, **keys), tmp_path / f"out{micro}")
    assert [log["step"] for log in logs] == [10, 10, 10]
    for name in ("loss", "grad_norm"):
        assert [log[name] for log in logs] == pytest.approx([logs[0][name]] * 3, rel=1e-4)


def test_float16_is_refused_before_the_weights_load(few: TrainingData, recipe: Recipe, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xqg.queries.load_generator", lambda *_, **__: pytest.fail("weights were loaded"))
        with pytest.raises(XqgError, match=r"float16: the activations of .* \(mt5\) overflow .* NaN; use bfloat16"):
            train(recipe(dtype="float16"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"micro_batch": 4}, "micro_batch is 4, which does not divide batch_size 6"),
        ({"freeze": ("decoder",), "lora": 2}, "lora and freeze: adapters leave all weights"),
        ({"freeze": ("decorder",)}, "freeze: there is no part 'decorder'; the parts are embeddings, encoder"),
        ({"prompt": "Ask in {language}"}, "lacks {passage}"),
        ({"passage_length": 8}, r"passage 'p\d+': prompt and title alone have more than 8 tokens; raise passage_length"),
        ({"base": "/absent"}, "/absent: no such folder"),
    ],
)
def test_refusals(few: TrainingData, recipe: Recipe, tmp_path: Path, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(XqgError, match=message):
        train(recipe(**keys), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_plan(few: TrainingData, recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(CostEstimate, match="100 steps of 6 examples"):
        train(recipe(steps=100, evaluate_every=50), tmp_path / "out", plan=True)
    assert list(tmp_path.iterdir()) == []


def test_one_prompt(few: TrainingData, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read in training, validation and generation differs in nothing but the passage and the language."""
    from xqg.queries import Seq2SeqGenerator
    from xqg.training.generator.tokens import Tokens

    read: dict[str, list[str]] = {"trained or validated": [], "generated": []}
    ids, tokens = Tokens._ids, Seq2SeqGenerator._tokens

    def noting(self: Tokens, text: str) -> list[int]:
        read["trained or validated"].append(text)
        return ids(self, text)

    def noting_too(self: Seq2SeqGenerator, prompts: Any) -> Any:
        read["generated"] += prompts
        return tokens(self, prompts)

    monkeypatch.setattr(Tokens, "_ids", noting)
    monkeypatch.setattr(Seq2SeqGenerator, "_tokens", noting_too)
    out = train(recipe(prompt="{language}: {title} {passage} ?"), tmp_path / "out")
    load_generator(str(out), device="cpu").generate_block([("Rome", "Rome is old.")], "ru", 1, 0)
    assert read["generated"][-1] == "Russian: Rome Rome is old. ?"
    for texts in read.values():
        assert texts
        assert {text.split(":")[0] for text in texts} <= {"English", "German", "Russian"}
        assert all(text.endswith(" ?") for text in texts)


def test_a_leak_is_refused_before_the_model_loads(recipe: Recipe, tmp_path: Path) -> None:
    from xqg.benchmarks import load

    asked = load("atlas").questions[0]
    rows = [
        {"query": "Where is Rome?", "language": "en", "positive": "Rome is old."},
        {"query": asked.text, "language": asked.language, "positive": "It is somewhere."},
        {"query": "Where is Tokyo?", "language": "en", "positive": "Tokyo is large."},
    ]
    triples = tmp_path / "triples.jsonl"
    triples.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    keys = recipe(train=(str(triples),), test=("atlas",), dev_share=0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xqg.queries.load_generator", lambda *_, **__: pytest.fail("weights were loaded"))
        with pytest.raises(XqgError, match=r"asks .* of atlas's test; 1 of 3 examples .* set leaks: drop"):
            train(keys, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["triples.jsonl"]
    out = train(dataclasses.replace(keys, leaks="drop"), tmp_path / "out")
    assert "| en | 2 |" in (out / "README.md").read_text(encoding="utf-8")
