"""`EM`: SQuAD's normalisation, several gold answers, which questions count."""

from __future__ import annotations

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse
from xqg.passages import Passage, Question
from xqg.reading.span import Span


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("the Eiffel Tower.", "Eiffel  tower", 1.0),  # case, article, punctuation, spaces
        ("U.S.", "US", 1.0),  # punctuation is deleted, not replaced
        ("1,000", "1000", 1.0),
        ("Eiffel", "Eiffel Tower", 0.0),
        ("theme", "me", 0.0),  # articles are whole words
        ("", "Rome", 0.0),
        ("?", "The", 1.0),  # both normalise to nothing, as in the script
        ("", "The", 1.0),
        ("der Rhein", "Rhein", 0.0),  # English articles only, in every language
        ("東京", "東京", 1.0),
        ("「東京」", "東京", 0.0),  # ASCII punctuation only
        ("東京都", "東京", 0.0),
    ],
)
def test_an_answer_is_equal_or_not(score, answer: str, gold: str, value: float) -> None:
    assert score("EM", answer, gold) == value


def test_the_best_of_several_gold_answers_counts(score) -> None:
    assert score("EM", "Rome", "Roma", "Rome") == 1.0
    assert score("EM", "Paris", "Roma", "Rome") == 0.0


def test_a_blank_gold_answer_is_none(score) -> None:
    assert score("EM", "", "Rome", " ") == 0.0


POOL = [Passage("en:0", "", "in Cologne", "en"), Passage("de:0", "", "in Köln", "de")]
QUESTIONS = [Question("both", "?", "ru"), Question("german", "?", "ru"), Question("none", "?", "ru")]
MIXED = Benchmark(
    "toy",
    POOL,
    QUESTIONS,
    {},
    {},
    "",
    passage_answers={"en": {"both": ("Cologne",)}, "de": {"both": ("Köln",), "german": ("Köln",)}},
)


def _mixed(**answers: tuple[str, str]) -> dict[str, float]:
    """EM of answers given as (text, passage id)."""
    spans = {id_: Span(text, passage, 0, len(text), 0.0) for id_, (text, passage) in answers.items()}
    return parse("EM").per_question(spans, QUESTIONS, MIXED)


def test_gold_answers_are_those_of_the_language_of_the_passage_read() -> None:
    assert _mixed(both=("Cologne", "en:0"))["both"] == 1.0
    assert _mixed(both=("Köln", "de:0"))["both"] == 1.0
    assert _mixed(both=("Köln", "en:0"))["both"] == 0.0
    assert _mixed(german=("Köln", "de:0"))["german"] == 1.0
    assert _mixed(german=("Köln", "en:0"))["german"] == 0.0  # no English answer: counted, and wrong


def test_which_questions_count() -> None:
    # Without an answer of the reader 0; without a gold answer in any language not counted.
    assert _mixed() == {"both": 0.0, "german": 0.0}
    assert _mixed(none=("Köln", "de:0")) == {"both": 0.0, "german": 0.0}


def test_an_answer_from_elsewhere_is_refused() -> None:
    with pytest.raises(XqgError, match="question 'both' is from passage 'fr:0', which is not one of toy's"):
        _mixed(both=("Cologne", "fr:0"))
