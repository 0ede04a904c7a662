"""Small data to read examples from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

LANGUAGES = ("en", "ja", "ru")


def article(language: str, number: int) -> dict[str, Any]:
    """An article of one paragraph in two sentences, with two questions."""
    text = f"{language} one {number}. {language} two {number}."
    starts = (0, text.index(f"{language} two"))
    questions = [
        {
            "id": f"q{number}{letter}",
            "question": f"{language} {letter} {number}?",
            "answers": [{"text": text[start : start + 6], "answer_start": start}],
        }
        for letter, start in zip("ab", starts, strict=True)
    ]
    sentences = {
        "sentences": [text[: starts[1]], text[starts[1] :]],
        "sentence_breaks": [[0, starts[1]], [starts[1], 99]],
    }
    return {"title": f"Article_{number}", "paragraphs": [{"context": text, "qas": questions, **sentences}]}


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `xquad` and `xquad-r`, each of seven articles in en, ja and ru."""
    folder = tmp_path_factory.mktemp("data")
    for name, prefix in (("xquad", "xquad."), ("xquad-r", "")):
        (folder / name).mkdir()
        for language in LANGUAGES:
            content = {"data": [article(language, number) for number in range(7)]}
            (folder / name / f"{prefix}{language}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows to a file `NAME` and returns its path."""

    def write(rows: Iterable[Any], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture
def beir_folder(jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    """A BEIR folder: passages d1 to d4; in training q1 is answered by d1 and d2, q2 by d3; in the test q3 by d4."""
    passages = [{"_id": f"d{n}", "title": f"Title {n}", "text": f"text {n}"} for n in range(1, 5)]
    passages[1]["language"] = "de"
    jsonl(passages, "mine/corpus.jsonl")
    jsonl([{"_id": f"q{n}", "text": f"question {n}?"} for n in range(1, 4)], "mine/queries.jsonl")
    folder = tmp_path / "mine"
    (folder / "qrels").mkdir()
    header = "query-id\tcorpus-id\tscore\n"
    (folder / "qrels/train.tsv").write_text(header + "q1\td1\t1\nq1\td2\t2\nq2\td3\t1\nq2\td4\t0\n")
    (folder / "qrels/test.tsv").write_text(header + "q3\td4\t1\nq3\td3\t0\n")
    return folder
