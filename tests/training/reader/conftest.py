"""A reader's training in a second: eight answered questions, a tiny BERT without dropout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import bert_parts, save
from tiny_answers import QUESTIONS, SUBJECTS, TEXTS
from xqg.training.recipe import ReaderRecipe


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight passages, a question about each (the answer is the word it names), and a base model."""
    folder = tmp_path_factory.mktemp("reader")
    rows = [{"_id": f"p{n}", "text": text} for n, text in enumerate(TEXTS)]
    (folder / "passages.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    rows = [
        {"passage_id": f"p{n}", "question": question, "answer": SUBJECTS[n], "answer_start": 4}
        for n, question in enumerate(QUESTIONS)
    ]
    (folder / "answers.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    model, tokenizer = bert_parts()
    model.config.hidden_dropout_prob = model.config.attention_probs_dropout_prob = 0.0
    save(folder / "base", model, tokenizer)
    return folder


@pytest.fixture
def recipe(files: Path) -> ReaderRecipe:
    return ReaderRecipe(
        base=str(files / "base"),
        passages=str(files / "passages.jsonl"),
        answers=str(files / "answers.jsonl"),
        folds=1,
        length=48,
        stride=8,
        batch_size=4,
        epochs=1,
        dtype="float32",
    )
