"""Which measures are taken by default, and why others are not."""

from __future__ import annotations

import dataclasses

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import default_measures, evaluate, reasons
from xqg.passages import Passage, Question

WORDS = " ".join(["word"] * 300)


def _benchmark(*answers: tuple[str, ...], language: str = "en", passages: int = 12) -> Benchmark:
    """A question with each of these answers, in ja and in ru."""
    return Benchmark(
        "toy",
        [Passage(f"p{i}", "", WORDS, language) for i in range(passages)],
        [Question(f"q{i}", "?", code, of) for code in ("ja", "ru") for i, of in enumerate(answers)],
        {f"q{i}": {"p0": 1} for i in range(len(answers))},
        {},
        "",
    )


def _names(benchmark: Benchmark, *, reader: bool = False, **more: object) -> tuple[str, dict[str, str]]:
    measures, left_out = default_measures(benchmark, benchmark.query_languages, reader=reader, **more)  # type: ignore[arg-type]
    return " ".join(measure.name for measure in measures), left_out


def test_all_of_them() -> None:
    benchmark = _benchmark(("Rome",), ())
    assert _names(benchmark) == ("R@1 R@5 RR@10 Answer@1 Answer@5 R@2kt", {})
    assert _names(benchmark, reader=True) == ("R@1 R@5 RR@10 Answer@1 Answer@5 R@2kt EM F1", {})


def test_yes_no_questions() -> None:
    benchmark = _benchmark(("yes",), ("no",))
    names, left_out = _names(benchmark)
    assert names == "R@1 R@5 RR@10 Answer@1 Answer@5"
    assert left_out == {"R@2kt": "no question in ja has an answer other than yes and no"}
    run = {id_: [("p0", 1.0)] for id_ in ("q0", "q1")}
    assert " ".join(evaluate(run, benchmark, "ja", default_measures(benchmark, ["ja"], reader=False)[0])) == names


def test_without_answers() -> None:
    names, left_out = _names(_benchmark(()))
    assert names == "R@1 R@5 RR@10"
    assert reasons(left_out) == {
        "no question in ja has an answer": "Answer@1, Answer@5",
        "no question in ja has an answer other than yes and no": "R@2kt",
    }
    with pytest.raises(XqgError, match=r"toy: nothing to measure a reader's answers by \(.*EM, F1: no question in ja"):
        _names(_benchmark(()), reader=True)


def test_the_questions_of_one_language_may_lack_what_others_have() -> None:
    benchmark = _benchmark(("Rome",))
    asked = [*benchmark.questions, Question("q0", "?", "fi")]
    benchmark = dataclasses.replace(benchmark, questions=asked)
    assert _names(benchmark)[0] == "R@1 R@5 RR@10"
    measures, left_out = default_measures(benchmark, ["ja"], reader=False)
    assert (len(measures), left_out) == (6, {})


def test_passages_that_are_not_english() -> None:
    names, left_out = _names(_benchmark(("Rome",), language="fi"))
    assert names == "R@1 R@5 RR@10 Answer@1 Answer@5"
    assert left_out == {"R@2kt": "is defined for English passages, the pool has fi"}


def test_a_pool_or_a_run_too_short() -> None:
    assert _names(_benchmark(("Rome",), passages=6))[1] == {"R@2kt": "all 6 passages hold 1800 tokens, it reads 2000"}
    benchmark = _benchmark(("Rome",))
    assert _names(benchmark, depth=7)[1] == {}
    assert list(_names(benchmark, depth=6)[1]) == ["R@2kt"]
    run = {"q0": [(f"p{i}", 1.0 - i) for i in range(6)]}
    reason = "the run's 6 passages for question 'q0' hold 1800 tokens, R@2kt needs 2000"
    assert _names(benchmark, runs={"ja": run, "ru": run})[1] == {"R@2kt": reason}


def test_nothing_to_say() -> None:
    bare = dataclasses.replace(_benchmark(()), qrels={})
    with pytest.raises(XqgError, match=r"toy: no measure by default .*no question in ja has a judgement.*`measures`"):
        _names(bare)
