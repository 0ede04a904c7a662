"""`xqg evaluate --reader`: EM and F1 beside the measures of the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xqg.reading.span import Span

# The passages of every question, best first.
RANKED = {
    "q1": "tokyo rome rhine",
    "q2": "rome tokyo rhine",
    "q3": "tokyo rome rhine",
    "q4": "rhine rome tokyo",
}
# Right; right but for one word too many; wrong; q4 without an answer.
ANSWERS = {"q1": ("Tokyo", "tokyo"), "q2": ("in 476", "rome"), "q3": ("Japan", "tokyo")}


class Reader:
    name = "toy-reader"
    fingerprint = "sha256:0"
    languages = ("en",)

    def settings(self) -> dict[str, Any]:
        return {"name": self.name, "fingerprint": self.fingerprint, "stride": 16}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """A reader that knows its answers; what it was loaded and asked with."""
    made: list[tuple[Any, ...]] = []

    def load(name: str, *, device: str | None = None, dtype: str = "auto") -> Reader:
        made.append((name, device, dtype))
        return Reader()

    def answer(
        reader: Reader, run: dict[str, Any], benchmark: Any, language: str, top: int, question_form: str, cache: None
    ) -> dict[str, Span]:
        made.append((sorted(run), benchmark.name, language, top, question_form))
        return {
            id_: Span(ANSWERS[id_][0], ANSWERS[id_][1], 0, len(ANSWERS[id_][0]), 1.0)
            for id_ in run
            if id_ in ANSWERS
        }

    monkeypatch.setattr("xqg.reading.reader.load_reader", load)
    monkeypatch.setattr("xqg.experiment.answers.answer_questions", answer)
    return made


@pytest.fixture
def arguments(own: Path) -> list[object]:
    run = own.parent / "run.trec"
    lines = [f"{q} Q0 {p} {n} {9 - n} t\n" for q, ids in RANKED.items() for n, p in enumerate(ids.split())]
    run.write_text("".join(lines))
    return ["evaluate", run, "--benchmark", own, "--out", own.parent / "results"]


def _results(own: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((own.parent / "results" / "results.json").read_text())
    return found


def test_a_reader_adds_em_and_f1(xqg, own: Path, arguments: list[object], calls: list[Any]) -> None:
    result = xqg(*arguments, "--reader", "model")
    assert result.code == 0, result.err
    assert result.out.splitlines()[0].split() == [
        *("language", "questions", "R@1", "R@5", "RR@10", "Answer@1", "Answer@5", "EM", "F1")
    ]
    results = _results(own)
    values = {(row["query_language"], row["measure"]): row["value"] for row in results["rows"]}
    assert (values["en", "EM"], values["ja", "EM"], values["macro", "EM"]) == (0.5, 0.0, 0.25)
    assert values["en", "F1"] == pytest.approx((1 + 2 / 3) / 2)
    assert values["ja", "F1"] == 0.0
    assert values["en", "Answer@1"] == 1.0
    assert results["settings"]["reader"] == {
        "name": "toy-reader", "fingerprint": "sha256:0", "stride": 16, "top": 5, "question": "asked"
    }  # fmt: skip
    assert calls == [
        ("model", None, "auto"),
        (["q1", "q2"], "own", "en", 5, "asked"),
        (["q3", "q4"], "own", "ja", 5, "asked"),
    ]
    assert "name toy-reader" in (own.parent / "results" / "report.md").read_text()


def test_flags_reach_the_reader(xqg, own: Path, arguments: list[object], calls: list[Any]) -> None:
    # The Japanese questions in English too, which parallel reading asks for.
    queries = own / "queries.jsonl"
    rows = [json.loads(line) for line in queries.read_text(encoding="utf-8").splitlines()]
    queries.write_text("".join(json.dumps({**row, "language": "en"}) + "\n" for row in rows))
    flags = ["--reader", "m", "--read-top", "2", "--reader-question", "parallel", "--device", "cpu"]
    assert xqg(*arguments, *flags, "--measures", "F1 R@1 EM-mlqa").code == 0
    assert calls[0] == ("m", "cpu", "auto")
    assert calls[1][3:] == (2, "parallel")
    results = _results(own)
    assert [row["measure"] for row in results["rows"][:3]] == ["F1", "R@1", "EM-mlqa"]  # as asked
    settings = results["settings"]["reader"]
    assert (settings["top"], settings["question"]) == (2, "parallel")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--measures", "R@1 EM"], "EM needs a reader; give --reader, or leave it out of --measures"),
        (["--measures", "F1-mlqa"], "F1-mlqa needs a reader; give --reader, or leave it out of --measures"),
        (["--read-top", "3"], "--read-top is for a reader; give --reader MODEL with it"),
        (["--reader-question", "asked"], "--reader-question is for a reader"),
        (["--reader", "m", "--read-top", "0"], "'--read-top'"),
        (["--reader", "m", "--reader-question", "gold"], "'gold'; use one of asked, parallel"),
        (["--reader", "m", "--measures", "R@1"], "none of --measures is a reader's"),
    ],
)
def test_wrong_flags(
    refused: Callable[..., str],
    own: Path,
    arguments: list[object],
    calls: list[Any],
    flags: list[str],
    says: str,
) -> None:
    assert says in refused(*arguments, *flags)
    assert calls == []  # refused before a model is loaded
    assert not (own.parent / "results").exists()


def test_what_cannot_be_measured_is_refused_before_reading(
    refused, own: Path, arguments: list[object], calls: list[Any]
) -> None:
    corpus = own / "corpus.jsonl"
    corpus.write_text(corpus.read_text() + '{"_id": "ja", "text": "首都", "language": "ja"}\n')
    error = refused(*arguments, "--reader", "m", "--measures", "EM-mlqa")
    assert "EM-mlqa is defined for passages in" in error
    assert "the pool has ja; use EM" in error
    queries = own / "queries.jsonl"
    rows = [json.loads(line) for line in queries.read_text().splitlines()]
    queries.write_text("".join(json.dumps({**row, "answers": []}) + "\n" for row in rows))
    assert "EM, F1: no question in en has an answer" in refused(*arguments, "--reader", "m")
    error = refused(*arguments, "--reader", "m", "--measures", "EM")
    assert "EM counts none of own's questions" in error
    assert calls == []


def test_questions_without_a_parallel_one_are_refused_before_reading(
    refused, arguments: list[object], calls: list[Any]
) -> None:
    error = refused(*arguments, "--reader", "m", "--reader-question", "parallel")
    assert "question 'q3' has no parallel one in 'en'" in error
    assert calls == []
