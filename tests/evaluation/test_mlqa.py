"""`EM-mlqa`, `F1-mlqa`: what the seven languages' normalisation does that SQuAD's does not."""

from __future__ import annotations

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse
from xqg.evaluation.measures.mlqa import normalise_mlqa
from xqg.passages import Passage, Question
from xqg.reading.span import Span


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The “U.S.” Army’s A-Team", "us armys ateam"),  # all of Unicode's punctuation
        ("en", "$5 + €3", "5 €3"),  # ASCII's symbols, not other ones
        ("en", "der Rhein", "der rhein"),
        ("de", "Der Rhein, die Stadt des Eines", "rhein stadt"),
        ("de", "Derby", "derby"),
        ("es", "¿El agua o las aguas?", "agua o aguas"),
        ("es", "lo mismo", "lo mismo"),
        ("vi", "những cái bàn của tôi", "bàn tôi"),
        ("vi", "làng", "làng"),
        ("hi", "एक राजा।", "एक राजा"),  # no articles; the danda is punctuation
        ("ar", "القاهرة", "قاهرة"),
        ("ar", "في القاهرة الجديدة؟", "في قاهرة جديدة"),
        ("ar", "السؤال", "سؤ"),  # inside and at the end of a word too, as in the script
        ("zh", "東京2020年奧運", "東 京 2020 年 奧 運"),
        ("zh", "在IBM Watson工作。", "在 ibm watson 工 作"),
        ("zh", "カタカナ", "カタカナ"),  # only U+4E00 to U+9FA5 are words by themselves
        ("en", "東京", "東京"),
        ("en", "The ?", ""),
    ],
)
def test_normalisation(language: str, text: str, expected: str) -> None:
    assert normalise_mlqa(text, language) == expected


@pytest.mark.parametrize(
    ("language", "answer", "gold", "exact", "f1"),
    [
        ("de", "der Rhein", "Rhein", 1.0, 1.0),
        ("ar", "القاهرة", "قاهرة", 1.0, 1.0),
        ("zh", "東京都", "東京", 0.0, 0.8),  # precision 2/3, recall 2/2
        ("zh", "「東京」", "東京", 1.0, 1.0),
        ("en", "der Rhein", "Rhein", 0.0, 2 / 3),
        ("en", "?", "The", 1.0, 0.0),
        ("en", "", "Rome", 0.0, 0.0),
    ],
)
def test_values(score, language: str, answer: str, gold: str, exact: float, f1: float) -> None:
    assert score("EM-mlqa", answer, gold, language=language) == exact
    assert score("F1-mlqa", answer, gold, language=language) == pytest.approx(f1)


def test_the_language_is_that_of_the_passage_read() -> None:
    # "der" is an article where the passage is German; the question is Vietnamese both times.
    pool = [Passage("en:0", "", "t", "en"), Passage("de:0", "", "t", "de")]
    questions = [Question("q", "?", "vi")]
    gold = {"en": {"q": ("Rhein",)}, "de": {"q": ("Rhein",)}}
    benchmark = Benchmark("toy", pool, questions, {}, {}, "", passage_answers=gold)
    values = {
        id_: parse("EM-mlqa").per_question({"q": Span("der Rhein", id_, 0, 9, 0.0)}, questions, benchmark)
        for id_ in ("en:0", "de:0")
    }
    assert values == {"en:0": {"q": 0.0}, "de:0": {"q": 1.0}}


@pytest.mark.parametrize("name", ["EM-mlqa", "F1-mlqa"])
def test_a_pool_with_another_language_is_refused(name: str) -> None:
    pool = [Passage("en:0", "", "t", "en"), Passage("ru:0", "", "t", "ru")]
    questions = [Question("q", "?", "en", ("Rome",))]
    benchmark = Benchmark("toy", pool, questions, {}, {}, "")
    with pytest.raises(XqgError, match=rf"{name} is defined .* vi, zh, the pool has ru; use {name[:2]}$"):
        parse(name).per_question({}, questions, benchmark)
