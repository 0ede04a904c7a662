"""One answer beside its gold answers, for the reader measures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import parse
from xqg.passages import Passage, Question
from xqg.reading.span import Span

Score = Callable[..., float]


@pytest.fixture
def score() -> Score:
    """`score(measure, answer, *gold, language)`: the value for an answer from a passage in `language`."""

    def value(name: str, answer: str, *gold: str, language: str = "en") -> float:
        questions = [Question("q", "?", "fi", gold)]
        benchmark = Benchmark("toy", [Passage("p", "", "text", language)], questions, {}, {}, "")
        answers = {"q": Span(answer, "p", 0, len(answer), 0.0)}
        return parse(name).per_question(answers, questions, benchmark)["q"]

    return value
