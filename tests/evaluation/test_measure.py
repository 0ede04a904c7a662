"""A measure of one's own: any object with a name and values; lists of names and objects."""

from __future__ import annotations

import math
from typing import Any

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import MEASURES, Measure, as_measure, depth_for, evaluate, measures_of, parse
from xqg.passages import Passage, Question

BENCHMARK = Benchmark(
    "toy",
    [Passage("p0", "", "text", "en"), Passage("p1", "", "Text", "de"), *(Passage(f"q{i}", "", "t", "en") for i in range(20))],
    [Question("q1", "?", "ja"), Question("q2", "?", "ja")],
    {"q1": {"p1": 1}},
    {},
    "",
)  # fmt: skip
RUN = {"q1": [("p1", 2.0), ("p0", 1.0)], "q2": [("p0", 2.0), ("p1", 1.0)]}


class FirstInGerman:
    name = "German@1"

    def per_question(self, run, questions, benchmark):
        first = {id_: benchmark.passage_by_id[ranked[0][0]] for id_, ranked in run.items() if ranked}
        return {q.id: float(q.id in first and first[q.id].language == "de") for q in questions}


class Answered:
    """Of a reader's answers, in ranks, the lower the better, of questions that are judged."""

    name = "Length"
    needs_reader = True
    higher_is_better = False
    unit = "ranks"
    lacking = "a judgement"

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        return question.id in benchmark.qrels

    def per_question(self, answers: Any, questions: Any, benchmark: Any) -> dict[str, float]:
        return {q.id: float(len(answers.get(q.id, ""))) for q in questions if self.counts(q, benchmark)}


class Deep(FirstInGerman):
    name = "Deep"

    def depth(self, benchmark: Benchmark) -> int:
        return 12

    def obstacle(self, benchmark: Benchmark, languages: Any, *, depth: int | None = None, runs: Any = None) -> str | None:
        return "too shallow" if depth is not None and depth < 12 else None


def test_any_object_with_a_name_and_values() -> None:
    measure = as_measure(FirstInGerman())
    assert isinstance(measure, Measure)
    assert as_measure(measure) is measure
    assert (measure.name, measure.needs_reader, measure.higher_is_better, measure.unit) == ("German@1", False, True, "percent")
    assert evaluate(RUN, BENCHMARK, "ja", [measure]) == {"German@1": {"q1": 1.0, "q2": 0.0}}
    assert measure.depth(BENCHMARK) == 1
    assert measure.obstacle(BENCHMARK, ["ja"]) is None


def test_it_may_say_more_of_itself() -> None:
    measure = as_measure(Answered())
    assert (measure.needs_reader, measure.higher_is_better, measure.unit) == (True, False, "ranks")
    assert measure.depth(BENCHMARK) == 0
    assert measure.per_question({"q1": "Rome"}, BENCHMARK.questions, BENCHMARK) == {"q1": 4.0}
    unjudged = Benchmark("toy", BENCHMARK.passages, BENCHMARK.questions, {}, {}, "")
    assert measure.obstacle(unjudged, ["ja"]) == "no question in ja has a judgement"
    deep = as_measure(Deep())
    assert (deep.depth(BENCHMARK), deep.obstacle(BENCHMARK, ["ja"], depth=3)) == (12, "too shallow")


def test_how_deep_a_run_must_be() -> None:
    assert depth_for([parse("R@5"), parse("RR@3")], BENCHMARK) == 10  # never less
    assert depth_for(measures_of(["R@1", Deep()]), BENCHMARK) == 12
    assert depth_for([parse("nDCG@20")], BENCHMARK) == 20
    assert depth_for([parse("P(rel=2, judged_only=True)@15")], BENCHMARK) == 15
    assert depth_for([parse("EM")], BENCHMARK) == 10
    for name in ("AP", "IPrec@0.1", "LanguageBias", "R@100"):
        assert depth_for([parse(name)], BENCHMARK) == 22  # the pool


def test_names_and_objects() -> None:
    mine = FirstInGerman()
    found = measures_of(["R@5", mine, parse("RR@10"), "EM F1"])
    assert [measure.name for measure in found] == ["R@5", "German@1", "RR@10", "EM", "F1"]
    assert [measure.name for measure in measures_of("R@5 MRR")] == ["R@5", "RR"]
    assert [measure.name for measure in measures_of(mine)] == ["German@1"]
    assert [measure.name for measure in measures_of(parse("EM"))] == ["EM"]
    assert [measure.name for measure in measures_of(name for name in ("R@1", "R@2"))] == ["R@1", "R@2"]


class Odd(FirstInGerman):
    unit = "metres"


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        ([], "no measure given in `measures`"),
        ([FirstInGerman], r"`measures` has the class FirstInGerman; give an object of it: FirstInGerman\(\)"),
        ([5], "`measures` has 5, which is no measure; give a name such as R@5, or an object with `name`"),
        (None, "`measures` has None, which is no measure"),
        ([FirstInGerman(), FirstInGerman()], "measure German@1 is given twice in `measures`"),
        (["R@5", "Luck"], "unknown measure 'Luck'; use for example Answer@5"),
        ([Odd()], "measure German@1 has unit 'metres'; use one of percent, ranks"),
    ],
)
def test_what_is_no_measure_is_refused(measures: Any, message: str) -> None:
    with pytest.raises(XqgError, match=message):
        measures_of(measures)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "measure Given gave NoneType; return a dictionary"),
        ({"q9": 1.0}, "gave 1.0 for question 'q9'; return a finite number for each of the questions that count"),
        ({"q1": math.nan}, "gave nan for question 'q1'"),
        ({"q1": "much"}, "gave 'much' for question 'q1'"),
    ],
)
def test_values_that_are_none_are_refused(values: Any, message: str) -> None:
    class Given:
        name = "Given"

        def per_question(self, *_: Any) -> Any:
            return values

    with pytest.raises(XqgError, match=message):
        evaluate(RUN, BENCHMARK, "ja", measures_of([Given()]))


def test_every_file_is_a_measure_that_knows_its_examples() -> None:
    for name, kind in MEASURES.items():
        assert issubclass(kind, Measure), name
        assert kind.form
        assert kind.examples
        for example in kind.examples:
            assert type(parse(example)) is kind
            assert parse(example).name == example
