"""Training a reader from a tiny BERT: it learns, it repeats, and no fold sees what it is to read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import save
from tiny_answers import QUESTIONS, SUBJECTS, TEXTS
from xqg.errors import XqgError
from xqg.models import read_card
from xqg.models.loading import quiet
from xqg.passages.records import Passage
from xqg.reading import load_reader
from xqg.training.reader import cross_fitted as module
from xqg.training.reader.cross_fitted import train as train_reader
from xqg.training.reader.examples import Example, draw_negatives, read_answers
from xqg.training.recipe import ReaderRecipe
from xqg.training.run.options import DEFAULT, RunOptions


def test_learns_by_heart(recipe: ReaderRecipe, tmp_path: Path) -> None:
    out = tmp_path / "model"
    train_reader(dataclasses.replace(recipe, epochs=50, learning_rate=0.005), out)
    reader = load_reader(str(out))
    passages = [Passage(f"p{n}", "", text, "en") for n, text in enumerate(TEXTS)]
    spans = reader.read(list(zip(QUESTIONS, passages, strict=True)))
    assert [span.text for span in spans] == list(SUBJECTS)
    assert [span.start for span in spans] == [4] * 8
    # Shared normalisation: the right passage scores higher than the one it was learnt beside.
    answered = read_answers(recipe.answers, {passage.id: passage for passage in passages})
    beside = [(e.answered.question, e.negative) for e in draw_negatives(answered, passages, {}, recipe.seed)]
    for span, wrong in zip(spans, reader.read(beside), strict=True):
        assert span.score > wrong.score
    card = (out / "README.md").read_text(encoding="utf-8")
    assert read_card(out).languages == ("en",)
    assert "It saw every passage" in card
    assert "EM, held-out" not in card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_same_recipe_same_weights(recipe: ReaderRecipe, tmp_path: Path) -> None:
    for name, one in (("a", recipe), ("b", recipe), ("c", dataclasses.replace(recipe, seed=1))):
        train_reader(one, tmp_path / name)
    weights = {name: (tmp_path / name / "model.safetensors").read_bytes() for name in "abc"}
    assert weights["a"] == weights["b"] != weights["c"]


class _Recorded:
    """In place of `train_fold`: notes what it was given, saves the base with a head, may stop."""

    def __init__(self, stop_after: int = 99) -> None:
        self.stop_after = stop_after
        self.given: list[Sequence[Example]] = []

    def __call__(self, recipe: ReaderRecipe, examples: Sequence[Example], out: Path, options: RunOptions, data: str) -> int:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        if len(self.given) == self.stop_after:
            raise KeyboardInterrupt
        self.given.append(examples)
        with quiet():
            model = AutoModelForQuestionAnswering.from_pretrained(recipe.base)
        save(out, model, AutoTokenizer.from_pretrained(recipe.base))
        return 1


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> _Recorded:
    recorder = _Recorded()
    monkeypatch.setattr(module, "train_fold", recorder)
    return recorder


def test_no_fold_sees_what_it_reads(
    recipe: ReaderRecipe, recorded: _Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    train_reader(dataclasses.replace(recipe, folds=3), out)
    folds = json.loads((out / "reader.json").read_text(encoding="utf-8"))["folds"]
    assert [fold["held_out"] for fold in folds] == [["p0", "p3", "p6"], ["p1", "p4", "p7"], ["p2", "p5"]]
    assert len(recorded.given) == 3
    for fold, examples in zip(folds, recorded.given, strict=True):
        seen = {e.answered.passage.id for e in examples} | {e.negative.id for e in examples}
        assert not seen & set(fold["held_out"])
        assert len(examples) == 8 - len(fold["held_out"])
    reader = load_reader(str(out))
    assert [reader.held_out[f"p{n}"] for n in range(8)] == [0, 1, 2, 0, 1, 2, 0, 1]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "Cross-fitted over 3 folds" in card
    assert "- EM, held-out: " in card
    assert "- answered questions: 8" in card
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith(("en: ", "fold "))]
    assert said == ["en: 8 answered questions, 8 passages", "fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]


def test_folds_of_a_benchmark_are_whole_clusters(
    recorded: _Recorded, recipe: ReaderRecipe, tmp_path: Path
) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": f"p{n}", "text": text} for n, text in enumerate(TEXTS)]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "Which?"}))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\tp0\t1\nq\tp1\t1\n")
    train_reader(dataclasses.replace(recipe, passages=str(folder), folds=2), tmp_path / "model")
    folds = json.loads((tmp_path / "model" / "reader.json").read_text(encoding="utf-8"))["folds"]
    assert folds[0]["held_out"] == ["p0", "p1", "p3", "p5", "p7"]  # p0 and p1 answer one question


def test_an_interrupted_training_goes_on(
    recipe: ReaderRecipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out, two = tmp_path / "model", dataclasses.replace(recipe, folds=2)
    first, second, third = _Recorded(stop_after=1), _Recorded(), _Recorded()
    monkeypatch.setattr(module, "train_fold", first)
    with pytest.raises(KeyboardInterrupt):
        train_reader(two, out)
    assert [path.name for path in tmp_path.iterdir()] == ["model.parts"]
    assert [path.name for path in tmp_path.glob("model.parts/*/*")] == ["fold-0"]
    monkeypatch.setattr(module, "train_fold", third)
    train_reader(dataclasses.replace(two, seed=1), tmp_path / "other")  # its own parts
    monkeypatch.setattr(module, "train_fold", second)
    train_reader(two, out)
    assert (len(first.given), len(second.given), len(third.given)) == (1, 1, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "other"]
    assert len(load_reader(str(out)).members) == 2


@pytest.mark.parametrize("change", ["seed", "answers", "passages"])
def test_kept_folds_of_other_data_are_not_taken(
    recipe: ReaderRecipe, files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str
) -> None:
    two = dataclasses.replace(
        recipe, folds=2, answers=str(tmp_path / "answers.jsonl"), passages=str(tmp_path / "passages.jsonl")
    )
    for name in ("answers.jsonl", "passages.jsonl"):
        (tmp_path / name).write_bytes((files / name).read_bytes())
    monkeypatch.setattr(module, "train_fold", _Recorded(stop_after=1))
    with pytest.raises(KeyboardInterrupt):
        train_reader(two, tmp_path / "model")
    if change == "seed":
        two = dataclasses.replace(two, seed=1)
    else:
        path = tmp_path / f"{change}.jsonl"
        path.write_text(path.read_text().replace("Which Japan", "What Japan").replace("large,", "huge,"))
    again = _Recorded()
    monkeypatch.setattr(module, "train_fold", again)
    train_reader(two, tmp_path / "model")
    assert len(again.given) == 2


def test_refusals(recipe: ReaderRecipe, recorded: _Recorded, tmp_path: Path) -> None:
    def refused(match: str, **changes: Any) -> None:
        with pytest.raises(XqgError, match=match) as caught:
            train_reader(dataclasses.replace(recipe, **changes), tmp_path / "model")
        assert "\n" not in str(caught.value)

    refused("8 clusters of passages make no 9 folds; lower folds", folds=9)
    refused("no such file", answers=str(tmp_path / "absent"))
    refused("no such file", passages=str(tmp_path / "absent"))
    refused("stride is 24; it must be under half of length, which is 48", stride=24)
    assert recorded.given == []
    one = tmp_path / "one.jsonl"
    one.write_text(Path(recipe.answers).read_text(encoding="utf-8").splitlines()[0])
    refused("one.jsonl: every question is of fold 0; lower folds or add", folds=2, answers=str(one))
    assert [path.name for path in tmp_path.iterdir()] == ["one.jsonl"]


def test_bases_that_are_refused(recipe: ReaderRecipe, static_folder: Path, tmp_path: Path) -> None:
    for match, changes in (
        ("no reader can start from it", {"base": str(static_folder)}),
        ("no such folder", {"base": str(tmp_path / "absent")}),
        ("reads 64 tokens; lower length, which is 65", {"length": 65}),
    ):
        with pytest.raises(XqgError, match=match) as caught:
            train_reader(dataclasses.replace(recipe, **changes), tmp_path / "model")
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "model").exists()


def test_answers_cut_off_by_a_window_teach_nothing(recipe: ReaderRecipe, files: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from xqg.training.reader.examples import AnsweredQuestion
    from xqg.training.reader.fold import _groups, train_fold

    text = "the " * 30 + "Roman empire " + "the " * 30
    passage = Passage("p", "", text, "en")
    tokenizer = AutoTokenizer.from_pretrained(files / "base")
    whole = AnsweredQuestion(passage, "Which?", 120, 132)
    endless = AnsweredQuestion(passage, "Which?", 0, len(text) - 1)  # in no window whole
    examples = [Example(one, passage) for one in (endless, whole)]
    (group,) = _groups(tokenizer, examples, 32, 8)
    first, last = (group.windows[0].offsets[n] for n in (group.start, group.end))
    assert first
    assert last
    assert text[first[0] : last[1]] == "Roman empire"
    short = dataclasses.replace(recipe, length=32, stride=8)
    with pytest.raises(XqgError, match="no answer fits a window of 32 tokens; raise length"):
        train_fold(short, examples[:1], tmp_path / "fold", DEFAULT, "none")
