"""Evaluating a run, the macro average, the chance level."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import chance_level, chance_of, evaluate, macro, parse, parse_many, read_trec, write_trec
from xqg.passages import Passage, Question
from xqg.reading.span import Span


def _benchmark(passages: int = 4) -> Benchmark:
    return Benchmark(
        "toy",
        [Passage(f"p{i}", "", f"text {i}", "en") for i in range(passages)],
        [Question("q1", "?", "ja"), Question("q2", "?", "ja"), Question("q1", "?", "ru")],
        {"q1": {"p1": 1}, "q2": {"p0": 1}},
        {"q1": "1", "q2": "2"},
        "",
    )


def test_every_measure_for_every_question_of_the_language() -> None:
    found = evaluate({"q1": [("p0", 2.0), ("p1", 1.0)]}, _benchmark(), "ja", parse_many("R@1 RR@10"))
    assert found == {"R@1": {"q1": 0.0, "q2": 0.0}, "RR@10": {"q1": 0.5, "q2": 0.0}}


def test_a_run_in_memory_gives_the_numbers_of_its_file(tmp_path: Path) -> None:
    # Not in order, and tied: p1 comes first by its id.
    run = {"q1": [("p0", 1.0), ("p1", 1.0)], "q2": [("p3", 0.1), ("p0", 0.3)]}
    write_trec(tmp_path / "x.trec", run, "t")
    measures = parse_many("R@1 RR")
    found = evaluate(run, _benchmark(), "ja", measures)
    assert found == evaluate(read_trec(tmp_path / "x.trec"), _benchmark(), "ja", measures)
    assert found["R@1"] == {"q1": 1.0, "q2": 1.0}


def test_a_foreign_run_and_a_measure_without_questions_are_refused() -> None:
    with pytest.raises(XqgError, match="question 'q2'"):
        evaluate({"q2": [("p0", 1.0)]}, _benchmark(), "ru", parse_many("R@1"))
    with pytest.raises(XqgError, match="Answer@5 counts none of toy's questions"):
        evaluate({"q1": [("p0", 1.0)]}, _benchmark(), "ru", parse_many("Answer@5"))


def test_macro_is_the_unweighted_mean() -> None:
    assert macro({"ja": 0.25, "ru": 0.75}) == 0.5
    with pytest.raises(XqgError, match="no language"):
        macro({})


def test_chance_level_is_near_its_expectation_and_repeats() -> None:
    # One relevant passage of 20 in the top 5: expectation 5/20, standard error 0.43/√2000 ≈ 0.01.
    benchmark = _benchmark(20)
    questions = benchmark.questions_in("ja")
    level = chance_level(parse("R@5"), questions, benchmark, depth=5, repeats=1000, seed=1)
    assert level == pytest.approx(0.25, abs=0.04)
    assert level == chance_level(parse("R@5"), questions, benchmark, depth=5, repeats=1000, seed=1)
    assert chance_level(parse("R@20"), questions, benchmark, depth=99, repeats=1) == 1.0


def test_one_chance_level_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    # 30,000 rankings in all, however few questions there are, as deep as the measure needs and 10 at least.
    benchmark = _benchmark(20)
    level = chance_of(parse("R@5"), benchmark, "ja")
    assert level == pytest.approx(0.25, abs=0.01)
    assert level == chance_level(parse("R@5"), benchmark.questions_in("ja"), benchmark, depth=10, repeats=15_000)
    monkeypatch.setattr("xqg.evaluation.chance._RANKINGS", 1)
    asked = benchmark.questions_in("ru")
    assert chance_of(parse("AP"), benchmark, "ru") == chance_level(parse("AP"), asked, benchmark, 20, repeats=10)
    with pytest.raises(XqgError, match="no questions in 'fi'"):
        chance_of(parse("R@5"), benchmark, "fi")


def test_chance_level_needs_rankings_and_questions() -> None:
    benchmark = _benchmark()
    with pytest.raises(XqgError, match="1 or more of each"):
        chance_level(parse("R@5"), benchmark.questions, benchmark, depth=0)
    with pytest.raises(XqgError, match="counts none"):
        chance_level(parse("Answer@5"), benchmark.questions, benchmark, depth=1)


def test_reader_measures_are_of_answers() -> None:
    questions = [Question("q1", "?", "ja", ("Rome",)), Question("q2", "?", "ja", ("Oslo",))]
    benchmark = Benchmark("toy", [Passage("p", "", "in Rome", "en")], questions, {"q1": {"p": 1}}, {}, "")
    run = {"q1": [("p", 1.0)]}
    answers = {"q1": Span("in Rome", "p", 0, 7, 3.0)}
    found = evaluate(run, benchmark, "ja", parse_many("EM R@1 F1"), answers)
    assert found == {"EM": {"q1": 0.0, "q2": 0.0}, "R@1": {"q1": 1.0}, "F1": {"q1": 2 / 3, "q2": 0.0}}
    assert evaluate(run, benchmark, "ja", parse_many("EM"), {}) == {"EM": {"q1": 0.0, "q2": 0.0}}
    for name in ("EM", "F1", "EM-mlqa", "F1-mlqa"):
        with pytest.raises(XqgError, match=f"^{name} needs a reader; give `reader`, or leave it out of `measures`$"):
            evaluate(run, benchmark, "ja", parse_many(f"R@1 {name}"))
        with pytest.raises(XqgError, match=f"{name} is of answers, not of rankings"):
            chance_level(parse(name), questions, benchmark, depth=1)


def test_a_reader_measure_without_gold_answers_is_refused() -> None:
    with pytest.raises(XqgError, match="EM counts none of toy's questions"):
        evaluate({"q1": [("p0", 1.0)]}, _benchmark(), "ru", parse_many("EM"), {})
