"""Measures: names, ranking measures, `Answer@k`."""

from __future__ import annotations

import math

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import normalise, parse, parse_many
from xqg.passages import Passage, Question


def _benchmark(
    texts: dict[str, str], questions: list[Question], qrels: dict[str, dict[str, int]] | None = None
) -> Benchmark:
    passages = [Passage(id_, "", text, "en") for id_, text in texts.items()]
    return Benchmark("toy", passages, questions, qrels or {}, {}, "")


def test_names_are_parsed_in_order() -> None:
    measures = parse_many(" R@5 RR@10  R@2kt Answer@5 P(rel=2, judged_only=True)@5 MRR ")
    names = [measure.name for measure in measures]
    assert names == ["R@5", "RR@10", "R@2kt", "Answer@5", "P(rel=2,judged_only=True)@5", "RR"]


@pytest.mark.parametrize("name", ["Recall5", "R@x", "R", "R@5.5", "R@-1", "import os", "@", "R@5)", ""])
def test_an_unknown_name_is_refused_with_examples(name: str) -> None:
    with pytest.raises(XqgError, match=r"unknown measure .* Answer@5, EM, F1, R@2kt, .*R@5"):
        parse(name)


@pytest.mark.parametrize("name", ["R@0", "R@0kt", "R@2.5kt", "R@kt", "Answer@0", "Answer", "Answer@5.0"])
def test_wrong_parameters_are_refused(name: str) -> None:
    with pytest.raises(XqgError, match=r"such as (R@5|R@2kt|Answer@5)"):
        parse(name)


def test_no_name_and_a_name_twice_are_refused() -> None:
    with pytest.raises(XqgError, match="no measure given"):
        parse_many("  ")
    with pytest.raises(XqgError, match="RR@10 is given twice"):
        parse_many("RR@10 R@5 MRR@10")


def test_ranking_measures_by_hand() -> None:
    questions = [Question(id_, "?", "ja") for id_ in ("q1", "q2", "q3", "q4")]
    qrels = {"q1": {"b": 1, "d": 1}, "q2": {"a": 1}, "q3": {"a": 1}}
    benchmark = _benchmark(dict.fromkeys("abcd", "text"), questions, qrels)
    # q1 finds its passages at ranks 2 and 4, q2 at rank 3, the run lacks q3, nothing judges q4.
    run = {
        "q1": [("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0)],
        "q2": [("b", 2.0), ("c", 2.0), ("a", 2.0)],
        "q4": [("a", 1.0)],
    }

    def value(name: str) -> dict[str, float]:
        return parse(name).per_question(run, questions, benchmark)

    assert value("R@2") == {"q1": 0.5, "q2": 0.0, "q3": 0.0}
    assert value("RR@10") == pytest.approx({"q1": 1 / 2, "q2": 1 / 3, "q3": 0.0})
    assert value("RR@2") == pytest.approx({"q1": 1 / 2, "q2": 0.0, "q3": 0.0})
    assert value("AP") == pytest.approx({"q1": (1 / 2 + 2 / 4) / 2, "q2": 1 / 3, "q3": 0.0})
    assert value("Success@3") == {"q1": 1.0, "q2": 1.0, "q3": 0.0}
    ideal = 1 + 1 / math.log2(3)
    assert value("nDCG@10") == pytest.approx(
        {"q1": (1 / math.log2(3) + 1 / math.log2(5)) / ideal, "q2": 1 / math.log2(4), "q3": 0.0}
    )


def test_every_provider_takes_the_order_given() -> None:
    # RR is trec_eval's in ir-measures and RR@k MS MARCO's: on equal scores they rank differently.
    questions = [Question("q", "?", "ja")]
    benchmark = _benchmark(dict.fromkeys("abc", "text"), questions, {"q": {"b": 1}})
    run = {"q": [("c", 1.0), ("b", 1.0), ("a", 1.0)]}
    assert parse("RR").per_question(run, questions, benchmark) == {"q": 0.5}
    assert parse("RR@10").per_question(run, questions, benchmark) == {"q": 0.5}


def test_tuning_questions_are_judged_by_the_tuning_qrels() -> None:
    dev = [Question("d", "?", "ja")]
    benchmark = Benchmark(
        "toy",
        [Passage("a", "", "x", "en")],
        [],
        {},
        {},
        "",
        tuning_questions=dev,
        tuning_qrels={"d": {"a": 1}},
    )
    assert parse("R@1").per_question({"d": [("a", 1.0)]}, dev, benchmark) == {"d": 1.0}
    assert parse("R@1").per_question({}, [Question("other", "?", "ja")], benchmark) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  U.S. Army's A-Team", "us armys ateam"),
        ("another theme", "another theme"),
        ("136 次", "136 次"),
        ("「東京」", "「東京」"),  # only ASCII punctuation is deleted, as in the script
        ("The", ""),
    ],
)
def test_normalisation_is_squads(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_answer_is_found_in_the_top_k_only() -> None:
    questions = [
        Question("case", "?", "ja", ("eiffel tower!",)),
        Question("second", "?", "ja", ("nowhere", "Rome")),
        Question("empty", "?", "ja", ("The", "?")),
        Question("none", "?", "ja"),
        Question("absent", "?", "ja", ("Rome",)),
    ]
    benchmark = _benchmark({"p1": "The Eiffel-free text", "p2": "an Eiffel Tower", "p3": "Rome."}, questions)
    ranked = [("p1", 3.0), ("p2", 2.0), ("p3", 1.0)]
    run = {"case": ranked, "second": ranked, "empty": ranked, "none": ranked}
    # "The" and "?" normalise to nothing, which is no answer.
    assert parse("Answer@1").per_question(run, questions, benchmark) == {"case": 0, "second": 0, "absent": 0}
    assert parse("Answer@2").per_question(run, questions, benchmark) == {"case": 1, "second": 0, "absent": 0}
    assert parse("Answer@3").per_question(run, questions, benchmark) == {"case": 1, "second": 1, "absent": 0}


def test_answer_occurs_within_unsegmented_text() -> None:
    questions = [Question("q", "?", "en", ("東京",))]
    benchmark = Benchmark("toy", [Passage("p", "", "日本の首都は東京である。", "ja")], questions, {}, {}, "")
    assert parse("Answer@1").per_question({"q": [("p", 1.0)]}, questions, benchmark) == {"q": 1.0}


def test_answer_does_not_look_into_titles() -> None:
    questions = [Question("q", "?", "ja", ("Rome",))]
    benchmark = Benchmark("toy", [Passage("p", "Rome", "a city", "en")], questions, {}, {}, "")
    assert parse("Answer@1").per_question({"q": [("p", 1.0)]}, questions, benchmark) == {"q": 0.0}


def test_a_mixed_pool_is_answered_in_the_passages_language() -> None:
    questions = [Question("q", "?", "ru"), Question("r", "?", "ru")]
    pool = [Passage("en", "", "Cologne, not Köln", "en"), Passage("de", "", "Die Stadt Köln", "de")]
    answers = {"en": {"q": ("Rome",)}, "de": {"q": ("Köln",)}}
    benchmark = Benchmark("toy", pool, questions, {}, {}, "", passage_answers=answers)
    measure = parse("Answer@1")
    assert measure.per_question({"q": [("en", 1.0)]}, questions, benchmark) == {"q": 0.0}
    assert measure.per_question({"q": [("de", 1.0)]}, questions, benchmark) == {"q": 1.0}
