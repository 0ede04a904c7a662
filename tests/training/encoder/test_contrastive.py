"""Training a retriever: it learns, the same recipe gives the same weights, resumed or not, and it loads anywhere."""

from __future__ import annotations

import dataclasses
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.encoder import contrastive
from xqg.training.examples.example import Example, TrainingData
from xqg.training.recipe import ContrastiveRecipe
from xqg.training.run.options import CostEstimate, Interrupted, RunOptions

TEXTS = {
    "Japan": ("the capital of Japan is Tokyo", "столица Японии", "日本の首都"),
    "Rome": ("the Roman empire did fall", "in which year did the empire fall", "Roman year"),
    "Wasser": ("Das Wasser des Flusses", "das Wasser", "Stadt Wasser"),
    "people": ("its population is large", "сколько там людей", "人口"),
}


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> TrainingData:
    pool = [Passage(name, "", texts[0], "en") for name, texts in TEXTS.items()]
    examples = [
        Example(p.id, {"ru": TEXTS[p.id][1], "ja": TEXTS[p.id][2]}, {"en": p}, p.id, (pool[number - 1],))
        for number, p in enumerate(pool)
    ]
    found = TrainingData(examples, pool)
    monkeypatch.setattr("xqg.training.examples.prepare.training_data", lambda recipe, options: found)
    return found


@pytest.fixture
def recipe(bert_folder: Path, data: TrainingData) -> ContrastiveRecipe:
    return ContrastiveRecipe(
        base=str(bert_folder), train=("own",), negatives_each=1, batch_size=2, steps=8, learning_rate=1e-2,
        scale=0.1, query_length=16, passage_length=16, save_every=3, dtype="float32",
    )  # fmt: skip


def _calm(base: Path, out: Path) -> None:
    """The base with weights of a size from which training goes well; the fixtures' make texts differ, not learn."""
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(base)
    for weight in model.parameters():
        if weight.dim() == 2:
            weight.data *= 0.4
    model.save_pretrained(out)
    AutoTokenizer.from_pretrained(base).save_pretrained(out)


def _weights(folder: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


def _same(one: Path, other: Path) -> bool:
    a, b = _weights(one), _weights(other)
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize(("base", "pooling"), [("bert_folder", "cls"), ("xlmr_folder", "mean")])
def test_it_learns_and_loads_without_xqg(
    base: str, pooling: str, recipe: ContrastiveRecipe, tmp_path: Path, request: pytest.FixtureRequest, capsys: Any
) -> None:
    out, calm = tmp_path / "model", tmp_path / "calm"
    _calm(request.getfixturevalue(base), calm)
    longer = dataclasses.replace(
        recipe, base=str(calm), pooling=pooling, steps=150, scale=1.0, learning_rate=3e-3, batch_size=4, negatives="none"
    )
    contrastive.train(longer, out)
    from sentence_transformers import SentenceTransformer
    from transformers import AutoModel, AutoTokenizer

    model = SentenceTransformer(str(out))
    assert model.similarity_fn_name == "dot"
    asked = [text for texts in TEXTS.values() for text in texts[1:]]
    scores = model.encode(asked) @ model.encode([texts[0] for texts in TEXTS.values()]).T
    assert scores.argmax(axis=1).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    # The same vectors with transformers alone: CLS as it is, or the mean over tokens.
    tokens = AutoTokenizer.from_pretrained(out)(asked[0], return_tensors="pt")
    hidden = AutoModel.from_pretrained(out)(**tokens).last_hidden_state[0].detach().numpy()
    assert np.allclose(hidden[0] if pooling == "cls" else hidden.mean(axis=0), model.encode(asked[0]), atol=1e-4)
    said = capsys.readouterr().err
    assert "step 150 of 150, loss" in said
    assert "examples/s" in said
    card = (out / "README.md").read_text()
    assert "batch_size: 4" in card
    assert "steps: 150" in card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calm", "model"]  # no checkpoints left


def test_untrained_it_does_not_know(recipe: ContrastiveRecipe) -> None:
    model = contrastive.starting_model(recipe)
    scores = model.encode([texts[2] for texts in TEXTS.values()]) @ model.encode([t[0] for t in TEXTS.values()]).T
    assert scores.argmax(axis=1).tolist() != [0, 1, 2, 3]


def test_interrupted_and_resumed_is_bit_for_bit_the_same(
    recipe: ContrastiveRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    contrastive.train(recipe, whole)
    assert not _same(whole, Path(recipe.base))
    row, asked = contrastive.Batches.row, []

    def interrupted(self: Any, number: int) -> Any:
        asked.append(number)
        if number == 9:  # of batch 4, counted from 0: while steps are under way
            os.kill(os.getpid(), signal.SIGINT)
        return row(self, number)

    with monkeypatch.context() as patch:
        patch.setattr(contrastive.Batches, "row", interrupted)
        with pytest.raises(Interrupted, match=r"interrupted at step \d; go on with `resume`"):
            contrastive.train(recipe, parts)
    assert not parts.exists()
    assert (tmp_path / "parts.checkpoints" / "training.json").is_file()
    with pytest.raises(XqgError, match=r"holds a training that was interrupted at step .*; go on with it by `resume`"):
        contrastive.train(recipe, parts)
    with pytest.raises(XqgError, match=r"had another seed and learning_rate|had another learning_rate and seed"):
        contrastive.train(dataclasses.replace(recipe, seed=1, learning_rate=0.5), parts, RunOptions(resume=True))
    contrastive.train(recipe, parts, RunOptions(resume=True))
    assert "going on from checkpoint-" in capsys.readouterr().err
    assert _same(whole, parts)
    assert not (tmp_path / "parts.checkpoints").exists()


def test_another_seed_gives_other_weights(recipe: ContrastiveRecipe, tmp_path: Path) -> None:
    for seed in (0, 1):
        contrastive.train(dataclasses.replace(recipe, seed=seed), tmp_path / str(seed))
    assert not _same(tmp_path / "0", tmp_path / "1")


def test_a_plan_keeps_nothing(recipe: ContrastiveRecipe, tmp_path: Path) -> None:
    with pytest.raises(CostEstimate, match=r"8 steps of 2 examples, .* s each on cpu: .*; .* of memory at most"):
        contrastive.train(recipe, tmp_path / "model", RunOptions(plan=True))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": "/nowhere/model"}, "/nowhere/model: no such folder; give the folder of an encoder"),
        ({"passage_length": 65}, "reads 64 tokens; lower query_length and passage_length to that"),
        ({"batch_size": 5, "negatives": "none"}, "lower batch_size"),
        ({"beta": 0.5}, "no question has a passage in its own language; set beta: 0"),
        ({"dtype": "float16"}, "dtype float16 is for GPUs only"),
        ({"report_to": "tensorbord"}, "use wandb, tensorboard or none"),
    ],
)
def test_refused(recipe: ContrastiveRecipe, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(XqgError, match=message):
        contrastive.train(dataclasses.replace(recipe, **changes), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
