"""Ctrl-C in a reader's training: a checkpoint of the fold, and the same weights in the end as without."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import bert_parts, save, xlmr_parts
from tiny_answers import SUBJECTS
from xqg.errors import XqgError
from xqg.training.reader.cross_fitted import train
from xqg.training.reader.trainer import SharedNormTrainer
from xqg.training.recipe import ReaderRecipe
from xqg.training.run.options import DEFAULT, CostEstimate, Interrupted, RunOptions


@pytest.fixture
def with_dropout(recipe: ReaderRecipe, bert_folder: Path) -> ReaderRecipe:
    """Two folds of 4 questions, 5 epochs in batches of 3: a checkpoint falls into the middle of one."""
    return dataclasses.replace(recipe, base=str(bert_folder), folds=2, batch_size=3, epochs=5, learning_rate=0.01)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Train, with a SIGINT while the given micro-batch is computed, counted over all folds."""

    def run(recipe: ReaderRecipe, out: Path, batch: int, options: RunOptions = DEFAULT) -> None:
        step, count = SharedNormTrainer.training_step, 0

        def counted(self: SharedNormTrainer, *values: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == batch:
                os.kill(os.getpid(), signal.SIGINT)
            return step(self, *values, **named)

        with monkeypatch.context() as patch:
            patch.setattr(SharedNormTrainer, "training_step", counted)
            train(recipe, out, options)

    return run


def test_resumed_weights_are_the_same(
    with_dropout: ReaderRecipe, interrupted: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "model"
    train(with_dropout, whole)
    with pytest.raises(Interrupted, match=r"interrupted at step 5; go on with `resume` .*/fold-1.checkpoints\)"):
        interrupted(with_dropout, out, 7 + 5)  # 20 questions in batches of 3 are 7 steps a fold
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.parts", "whole"]
    kept = sorted(path.name for path in tmp_path.glob("model.parts/*/*"))
    assert kept == ["fold-0", "fold-1.checkpoints"]
    files = {path.name for path in tmp_path.glob("model.parts/*/*/checkpoint-5/*")}
    assert {"model.safetensors", "trainer_state.json"} < files
    assert "training_args.bin" not in files  # a pickle
    with pytest.raises(XqgError, match=r"fold-1.checkpoints: holds a training that was interrupted at step 5; .*`resume`"):
        train(with_dropout, out)
    with pytest.raises(Interrupted, match="at step 6"):  # and once more
        interrupted(with_dropout, out, 1, RunOptions(resume=True))
    capsys.readouterr()
    train(with_dropout, out, RunOptions(resume=True))
    assert "going on from checkpoint-6" in capsys.readouterr().err
    for fold in ("fold-0", "fold-1"):
        weights = [(one / fold / "model.safetensors").read_bytes() for one in (whole, out)]
        assert weights[0] == weights[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "whole"]


def test_resuming_another_training_is_refused_by_name(
    with_dropout: ReaderRecipe, interrupted: Callable[..., None], tmp_path: Path
) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(Path(with_dropout.answers).read_bytes())
    recipe, out = dataclasses.replace(with_dropout, answers=str(answers)), tmp_path / "model"
    with pytest.raises(Interrupted):
        interrupted(recipe, out, 2)
    other = dataclasses.replace(recipe, seed=1, learning_rate=0.5)
    with pytest.raises(XqgError, match="had another seed and learning_rate; give the recipe as it was"):
        train(other, out, RunOptions(resume=True))
    answers.write_text(answers.read_text().replace("Which Japan", "What Japan"))
    with pytest.raises(XqgError, match="had other data; give the data as it was"):
        train(recipe, out, RunOptions(resume=True))
    assert list(tmp_path.glob("model.parts/*/fold-0.checkpoints/checkpoint-2"))  # nothing of it is lost


def test_a_plan_costs_nothing(recipe: ReaderRecipe, tmp_path: Path) -> None:
    with pytest.raises(CostEstimate, match=r"^2 steps of 4 examples, .* s each on cpu: .*; .* of memory at most$"):
        train(recipe, tmp_path / "model", RunOptions(plan=True))
    with pytest.raises(CostEstimate, match=r"; each of 2 folds takes about as long$"):
        train(dataclasses.replace(recipe, folds=2, save_every=1), tmp_path / "model", RunOptions(plan=True))
    assert list(tmp_path.iterdir()) == []


def _sentencepiece() -> tuple[Any, Any]:
    return xlmr_parts(whole=SUBJECTS)


@pytest.mark.parametrize(("parts", "head"), [(bert_parts, "Bert"), (_sentencepiece, "XLMRoberta")])
def test_real_heads(recipe: ReaderRecipe, tmp_path: Path, parts: Callable[[], Any], head: str) -> None:
    """A plain encoder becomes transformers' reader of its kind, whose answers it has learned."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    base = save(tmp_path / "base", *parts())
    assert json.loads((base / "config.json").read_text())["architectures"] == [f"{head}Model"]
    out = tmp_path / "model"
    train(dataclasses.replace(recipe, base=str(base), epochs=150, learning_rate=0.002), out)
    model = AutoModelForQuestionAnswering.from_pretrained(out).eval()
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert type(model).__name__ == f"{head}ForQuestionAnswering"
    text = "The Roman is large, and nobody agrees on the Tokyo."
    encoded = tokenizer("Which Roman?", text, return_tensors="pt", return_offsets_mapping=True)
    places = encoded.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        found = model(**encoded)
    inside = [number for number, side in enumerate(encoded.sequence_ids()) if side == 1]
    start, end = (inside[int(logits[0, inside].argmax())] for logits in (found.start_logits, found.end_logits))
    assert re.sub(r"\W", "", text[places[start][0] : places[end][1]]) == "Roman"
