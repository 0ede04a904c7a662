"""`LanguageBias` against values counted by hand."""

from __future__ import annotations

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measures.language_bias import LanguageBias
from xqg.passages import Passage, Question

IDS = ["ar1", "de1", "en1", "ar2", "de2", "en2"]
PASSAGES = [Passage(id_, "", "text", id_[:2]) for id_ in IDS]
QRELS = {
    "first": {"ar1": 1, "de1": 1, "en1": 1},
    "second": {"ar2": 1, "de2": 1, "en2": 1, "en1": 0},
    "single": {"en2": 1, "de2": 0},
}
QUESTIONS = [Question(id_, "?", "de") for id_ in ("first", "second", "single", "unjudged")]
BENCHMARK = Benchmark("toy", PASSAGES, QUESTIONS, QRELS, {}, "")


def _ranked(*ids: str) -> list[tuple[str, float]]:
    return [(id_, float(len(ids) - rank)) for rank, id_ in enumerate(ids)]


def test_worst_minus_best_rank() -> None:
    run = {
        "first": _ranked("de1", "ar1", "en1", "de2", "ar2", "en2"),  # ranks 1, 2, 3
        "second": _ranked("de2", "en1", "ar1", "en2", "de1", "ar2"),  # ranks 1, 4, 6; grade 0 is no answer
        "single": _ranked(*IDS),
        "unjudged": _ranked(*IDS),
    }
    assert LanguageBias().per_question(run, QUESTIONS, BENCHMARK) == {"first": 2.0, "second": 5.0}


def test_an_incomplete_ranking_is_refused() -> None:
    run = {"first": _ranked("de1", "de2", "ar1"), "second": _ranked(*IDS)}
    with pytest.raises(XqgError, match=r"'first' has 2 of its 3 .* among 3; retrieve all 6 passages .*`k`"):
        LanguageBias().per_question(run, QUESTIONS, BENCHMARK)
    with pytest.raises(XqgError, match=r"'second' has 0 of its 3"):
        LanguageBias().per_question({"first": _ranked(*IDS)}, QUESTIONS, BENCHMARK)


def test_a_ranking_of_all_relevant_passages_is_enough() -> None:
    # What stands below the last relevant passage changes no rank.
    run = {"first": _ranked("en2", "de1", "ar1", "en1"), "second": _ranked(*IDS)}
    assert LanguageBias().per_question(run, QUESTIONS, BENCHMARK)["first"] == 2.0


def test_tuning_questions_are_judged_by_the_tuning_qrels() -> None:
    benchmark = Benchmark("toy", PASSAGES, [], {}, {}, "", QUESTIONS[:1], {"first": QRELS["first"]})
    run = {"first": _ranked("ar1", "ar2", "de1", "en1")}
    assert LanguageBias().per_question(run, QUESTIONS[:1], benchmark) == {"first": 3.0}


def test_names() -> None:
    assert [LanguageBias.parse(name) for name in LanguageBias.examples] == [LanguageBias()]
    assert LanguageBias().name == "LanguageBias"
    assert LanguageBias.parse("AP") is None
    with pytest.raises(XqgError, match="takes no parameter"):
        LanguageBias.parse("LanguageBias@5")


def test_what_it_says_of_itself() -> None:
    measure = LanguageBias()
    assert (measure.unit, measure.higher_is_better, measure.needs_reader) == ("ranks", False, False)
    assert measure.depth(BENCHMARK) == 6
    assert measure.obstacle(BENCHMARK, ["de"]) is None
    assert measure.obstacle(BENCHMARK, ["de"], depth=5) == "it needs complete rankings, of all 6 passages"
    assert measure.obstacle(BENCHMARK, ["de"], depth=6) is None
    complete = {"first": _ranked(*IDS), "second": _ranked(*IDS)}
    assert measure.obstacle(BENCHMARK, ["de"], runs={"de": complete}) is None
    reason = measure.obstacle(BENCHMARK, ["de"], runs={"de": {**complete, "second": _ranked("ar2")}})
    assert reason == "it needs complete rankings, and question 'second' lacks relevant passages in its"
    alone = Benchmark("toy", PASSAGES, QUESTIONS[2:], QRELS, {}, "")
    assert measure.obstacle(alone, ["de"]) == "no question in de has two relevant passages"
