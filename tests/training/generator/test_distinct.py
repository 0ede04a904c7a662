"""Distinct-n, by hand."""

from __future__ import annotations

import pytest

from xqg.training.generator.distinct import distinct, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is Finland's ISO code?", ["what", "is", "finland", "s", "iso", "code"]),
        ("東京タワー、1958年", ["東", "京", "タ", "ワ", "ー", "1958", "年"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("ఫిన్లాండ్ ఎక్కడ?", ["ఫిన్లాండ్", "ఎక్కడ"]),  # vowel signs do not part a word
        ("핀란드의 통화", ["핀란드의", "통화"]),
        ("?!", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_distinct() -> None:
    texts = ["Where is Oslo?", "where is Rome?", "Rome"]
    # where is oslo where is rome rome: 4 of 7 words; (where is) (is oslo) (where is) (is rome): 3 of 4 pairs
    assert distinct(texts, 1) == pytest.approx(4 / 7)
    assert distinct(texts, 2) == pytest.approx(3 / 4)
    assert distinct(["日本の日本"], 1) == pytest.approx(3 / 5)


def test_distinct_without_ngrams() -> None:
    assert distinct([], 1) == 0
    assert distinct(["", "one"], 2) == 0
    assert distinct(["", "one"], 1) == 1
