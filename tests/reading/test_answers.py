"""From runs to answers, with a reader whose scores are in the passages' texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question
from xqg.reading import QUESTION_FORMS, Reader, Span, answer_questions, question_texts


class Scripted:
    """Answers with the passage's first word; its score is the second."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        self.asked += [(question, passage.id) for question, passage in pairs]
        words = [passage.text.split() for _, passage in pairs]
        return [
            Span(word, passage.id, 0, len(word), float(score))
            for (word, score), (_, passage) in zip(words, pairs, strict=True)
        ]


@pytest.fixture
def benchmark() -> Benchmark:
    scores = {"p0": 3, "p1": 8, "p2": 8, "p3": 9}
    return Benchmark(
        name="tiny",
        passages=[Passage(id_, "", f"word-{id_} {score}", "en") for id_, score in scores.items()],
        questions=[
            Question(id_, f"{id_} in {code}?", code, ("word-p0",))
            for code in ("en", "fi")
            for id_ in ("a", "b")
        ],
        qrels={"a": {"p0": 1}, "b": {"p1": 1}},
        groups={"a": "A", "b": "B"},
        fingerprint="0",
    )


RUN = {"a": [("p0", 0.9), ("p2", 0.8), ("p1", 0.7), ("p3", 0.1)], "b": [("p3", 0.5)]}


def test_the_best_span_of_the_top_passages(benchmark: Benchmark) -> None:
    reader = Scripted()
    found = answer_questions(reader, RUN, benchmark, "fi", top=3)  # type: ignore[arg-type]
    assert {id_: span.passage_id for id_, span in found.items()} == {"a": "p2", "b": "p3"}  # p1 ranks lower
    assert found["a"] == Span("word-p2", "p2", 0, 7, 8.0)
    assert reader.asked == [("a in fi?", "p0"), ("a in fi?", "p2"), ("a in fi?", "p1"), ("b in fi?", "p3")]
    one = answer_questions(reader, RUN, benchmark, "fi", top=1)  # type: ignore[arg-type]
    assert one["a"].passage_id == "p0"
    assert answer_questions(reader, RUN, benchmark, "fi")["a"].passage_id == "p3"  # type: ignore[arg-type]


def test_parallel_questions_are_read_once_for_all_languages(benchmark: Benchmark) -> None:
    reader = Scripted()
    answer_questions(reader, RUN, benchmark, "fi", top=1, question_form="parallel")  # type: ignore[arg-type]
    assert reader.asked == [("a in en?", "p0"), ("b in en?", "p3")]
    assert set(QUESTION_FORMS) == {"asked", "parallel"}
    assert question_texts(benchmark, "fi", "asked") == {"a": "a in fi?", "b": "b in fi?"}


def test_equal_questions_are_read_once(benchmark: Benchmark) -> None:
    reader = Scripted()
    same = replace(benchmark, questions=[Question(id_, "who?", "fi", ()) for id_ in ("a", "b")])
    run = {id_: [("p0", 1.0)] for id_ in ("a", "b")}
    found = answer_questions(reader, run, same, "fi")  # type: ignore[arg-type]
    assert reader.asked == [("who?", "p0")]
    assert found["a"] == found["b"]


def test_questions_without_passages_have_no_answer(benchmark: Benchmark) -> None:
    assert answer_questions(Scripted(), {"a": []}, benchmark, "fi") == {}  # type: ignore[arg-type]


def test_refusals(benchmark: Benchmark) -> None:
    with pytest.raises(XqgError, match="read 0 passages; use 1 or more"):
        answer_questions(Scripted(), RUN, benchmark, "fi", top=0)  # type: ignore[arg-type]
    with pytest.raises(XqgError, match="unknown form of question 'translated'"):
        question_texts(benchmark, "fi", "translated")
    with pytest.raises(XqgError, match="no questions in 'ja'"):
        question_texts(benchmark, "ja", "asked")
    lacking = replace(benchmark, questions=benchmark.questions[1:])
    with pytest.raises(XqgError, match="question 'a' has no parallel one in 'en'"):
        question_texts(lacking, "fi", "parallel")
    mixed = replace(benchmark, passages=[*benchmark.passages, Passage("q", "", "x 1", "fi")])
    with pytest.raises(XqgError, match="passages in 2 languages have no one parallel question"):
        question_texts(mixed, "fi", "parallel")


def test_with_a_real_reader(readers: dict[str, Reader], kind: str, benchmark: Benchmark) -> None:
    texts = {"p0": "the city", "p1": "and the Roman empire", "p2": "Roman city"}
    real = replace(benchmark, passages=[Passage(id_, "", text, "en") for id_, text in texts.items()])
    run = {"a": [("p0", 3.0), ("p2", 2.0), ("p1", 1.0)]}
    found = answer_questions(readers[f"{kind}-known"], run, real, "fi")
    assert (found["a"].text, found["a"].passage_id) == ("Roman empire", "p1")
