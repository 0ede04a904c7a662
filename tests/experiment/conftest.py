"""A tiny benchmark with two passage clusters, three question languages, and its queries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.passages import Passage, Question


@pytest.fixture
def tiny() -> Benchmark:
    passages = [
        Passage(f"p{number}", "", f"passage {number} about thing {number}", "en") for number in range(6)
    ]
    questions = [
        Question(f"q{number}", f"{code} thing {number}", code, (f"thing {number}",))
        for code in ("en", "fi", "ja")
        for number in range(6)
    ]
    return Benchmark(
        name="tiny",
        passages=passages,
        questions=questions,
        qrels={f"q{number}": {f"p{number}": 1} for number in range(6)},
        groups={f"q{number}": f"article{number // 2}" for number in range(6)},
        fingerprint="sha256:tiny",
    )


@pytest.fixture
def queries_file(tmp_path: Path) -> Path:
    """n = 2 queries in fi and ja, K = 4 in en, for every passage."""
    path = tmp_path / "queries.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(6):
            for code, count in (("en", 4), ("fi", 2), ("ja", 2)):
                for copy in range(count):
                    row = {
                        "passage_id": f"p{number}",
                        "language": code,
                        "text": f"{code} thing {number} {copy}",
                    }
                    file.write(json.dumps({**row, "seed": 0, "generator": "hand"}) + "\n")
    return path


@pytest.fixture
def known_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chance level of R@1 where one passage is right, without the thousands of random rankings."""
    for place in ("compare", "report.study"):
        monkeypatch.setattr(
            f"xqg.experiment.{place}.chance_of", lambda measure, pool, language: 1 / len(pool.passages)
        )


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch, known_chance: None) -> None:
    """For tests of layout, which need no exact p-values."""
    monkeypatch.setattr("xqg.experiment.contrasts.ROUNDS", {True: 200, False: 200})
    monkeypatch.setattr("xqg.experiment.contrasts.RESAMPLES", 200)
