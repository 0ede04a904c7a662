"""`R@<k>kt`: XOR-Retrieve's measure and its edges."""

from __future__ import annotations

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse, tokenizer_name
from xqg.passages import Passage, Question

MEASURE = parse("R@1kt")


def _value(
    texts: list[str], answers: tuple[str, ...], ranked: int | None = None, measure: str = "R@1kt"
) -> dict[str, float]:
    """The measure for one question whose run is the first `ranked` of the texts, in their order."""
    pool = [Passage(f"p{i}", "Title", text, "en") for i, text in enumerate(texts)]
    questions = [Question("q", "?", "ja", answers)]
    run = {"q": [(passage.id, -float(i)) for i, passage in enumerate(pool[:ranked])]}
    return parse(measure).per_question(run, questions, Benchmark("toy", pool, questions, {}, {}, ""))


def _words(n: int) -> str:
    return " ".join(["word"] * n)


def test_the_cut_is_after_a_thousand_tokens() -> None:
    assert _value([_words(999) + " Rome", "rest"], ("Rome",)) == {"q": 1.0}
    assert _value([_words(1000) + " Rome", "rest"], ("Rome",)) == {"q": 0.0}


@pytest.mark.parametrize("k", [1, 2, 5, 10, 100])
def test_any_number_of_kilotokens(k: int) -> None:
    # Whole passages of 500 tokens, then one in which the cut falls.
    texts = [_words(500)] * (2 * k - 1)
    assert _value([*texts, _words(499) + " Rome", "rest"], ("Rome",), measure=f"R@{k}kt") == {"q": 1.0}
    assert _value([*texts, _words(500) + " Rome", "rest"], ("Rome",), measure=f"R@{k}kt") == {"q": 0.0}


def test_tokens_not_words_are_counted() -> None:
    # 500 words and 499 commas are 999 tokens; Rome is the thousandth, or with one comma more not.
    text = ", ".join(["word"] * 500)
    assert _value([text + " Rome"], ("Rome",)) == {"q": 1.0}
    assert _value([text + ", Rome"], ("Rome",)) == {"q": 0.0}


def test_an_answer_may_lie_across_a_passage_border() -> None:
    assert _value(["he lived in New", "York for years"], ("New York",)) == {"q": 1.0}


def test_an_answer_across_a_border_needs_the_passages_in_the_runs_order() -> None:
    assert _value(["York for years", "he lived in New"], ("New York",)) == {"q": 0.0}


def test_an_answer_across_a_border_is_cut_at_the_last_token() -> None:
    assert _value([_words(998) + " New", "York for years"], ("New York",)) == {"q": 1.0}
    assert _value([_words(999) + " New", "York for years"], ("New York",)) == {"q": 0.0}


def test_a_space_stands_between_passages() -> None:
    assert _value(["he lived in New", "York for years"], ("NewYork",)) == {"q": 0.0}


def test_an_answer_in_a_language_without_spaces_is_a_substring() -> None:
    # English passages may quote another script; a run of it is one token, and an answer may be a part.
    assert _value(["the city of 東京都 in Japan"], ("東京",)) == {"q": 1.0}
    assert _value(["the city of 東京 都 in Japan"], ("東京都",)) == {"q": 0.0}
    assert _value([_words(999) + " 東京都"], ("東京",)) == {"q": 1.0}
    assert _value([_words(1000) + " 東京都"], ("東京",)) == {"q": 0.0}


def test_an_answer_cut_in_the_middle_is_missed() -> None:
    assert _value([_words(999) + " New York"], ("New York",)) == {"q": 0.0}


def test_case_counts() -> None:
    assert _value(["in rome"], ("Rome",)) == {"q": 0.0}


def test_answers_are_untouched_though_texts_are_tokenised() -> None:
    # The text becomes "10,000 people ( most )": an answer that spans a bracket is not found.
    assert _value(["10,000 people (most)"], ("10,000 people",)) == {"q": 1.0}
    assert _value(["10,000 people (most)"], ("people (most)",)) == {"q": 0.0}
    assert _value(["in Rome"], (" Rome",)) == {"q": 1.0}


def test_yes_no_and_blank_answers_are_left_out() -> None:
    assert _value(["yes and no"], ("yes", "no", "", " ")) == {}
    assert _value(["yes and no"], ()) == {}
    assert _value(["yes and no"], ("yes", "Rome")) == {"q": 0.0}
    assert _value(["yes and no"], ("no",)) == {}
    assert _value(["yes and no"], ("yes", "nor")) == {"q": 0.0}
    assert _value(["Yes and no"], ("Yes",)) == {"q": 1.0}  # exactly "yes" and "no", as in the script


def test_titles_are_not_read() -> None:
    assert _value(["text"], ("Title",)) == {"q": 0.0}


def test_a_run_too_short_is_refused_unless_the_pool_has_no_more() -> None:
    with pytest.raises(XqgError, match=r"1 passages for question 'q' hold 2 tokens, R@1kt needs 1000"):
        _value(["in Rome", "more"], ("Rome",), ranked=1)
    assert _value(["in Rome", "more"], ("Rome",)) == {"q": 1.0}
    assert _value([_words(1000), "more"], ("Rome",), ranked=1) == {"q": 0.0}


def test_a_question_that_the_run_lacks_counts_zero() -> None:
    assert _value(["in Rome"], ("Rome",), ranked=0) == {"q": 0.0}


def test_passages_in_another_language_are_refused() -> None:
    questions = [Question("q", "?", "en", ("東京",))]
    benchmark = Benchmark("toy", [Passage("p", "", "東京", "ja")], questions, {}, {}, "")
    with pytest.raises(XqgError, match="English passages, the pool has ja"):
        MEASURE.per_question({"q": [("p", 1.0)]}, questions, benchmark)


def _pool(*counts: int, answers: tuple[str, ...] = ("Rome",), language: str = "en") -> Benchmark:
    passages = [Passage(f"p{i}", "", _words(count), language) for i, count in enumerate(counts)]
    return Benchmark("toy", passages, [Question("q", "?", "ja", answers)], {}, {}, "")


def test_a_run_must_be_as_deep_as_the_shortest_passages_need() -> None:
    assert MEASURE.depth(_pool(900, 100, 500, 400)) == 3  # 100 + 400 + 500
    assert MEASURE.depth(_pool(900, 100)) == 2
    assert parse("R@2kt").depth(_pool(900, 100)) == 2  # the pool has no more


def test_obstacles() -> None:
    pool = _pool(900, 100, 500, 400)
    assert MEASURE.obstacle(pool, ["ja"]) is None
    assert MEASURE.obstacle(pool, ["ja"], depth=3) is None
    assert "2 passages per question may hold fewer than the 1000" in str(MEASURE.obstacle(pool, ["ja"], depth=2))
    long, short = {"q": [("p0", 2.0), ("p1", 1.0)]}, {"q": [("p1", 2.0), ("p2", 1.0)]}
    assert MEASURE.obstacle(pool, ["ja"], depth=2, runs={"ja": long}) is None
    reason = MEASURE.obstacle(pool, ["ja"], runs={"ja": short})
    assert reason == "the run's 2 passages for question 'q' hold 600 tokens, R@1kt needs 1000"
    assert MEASURE.obstacle(pool, ["ja"], runs={"ja": {}}) is None  # counts 0
    assert parse("R@2kt").obstacle(pool, ["ja"]) == "all 4 passages hold 1900 tokens, it reads 2000"
    assert "English passages, the pool has fi" in str(MEASURE.obstacle(_pool(1000, language="fi"), ["ja"]))
    for answers in ((), ("yes",), ("no", " ")):
        reason = MEASURE.obstacle(_pool(1000, answers=answers), ["ja"])
        assert reason == "no question in ja has an answer other than yes and no"


def test_the_tokeniser_is_named() -> None:
    assert tokenizer_name().startswith("nltk ")
    assert "word_tokenize" in tokenizer_name()
