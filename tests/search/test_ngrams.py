"""Tokens by hand, one script after the other."""

from __future__ import annotations

import random
import re
import sys
import unicodedata

import pytest

from xqg.search import ngrams as module
from xqg.search.ngrams import PLAIN_UNSPACED, PLAIN_WORD, ngrams


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a to the", ["_a_", "_to_", "_the", "the_"]),
        ("Größe", ["_grö", "grös", "röss", "össe", "sse_"]),  # ß folds to ss
        ("Σοφός", ["_σοφ", "σοφό", "οφόσ", "φόσ_"]),  # final sigma folds to sigma
        ("дом, дома", ["_дом", "дом_", "_дом", "дома", "ома_"]),
        ("كتاب", ["_كتا", "كتاب", "تاب_"]),
        ("हिन्दी", ["_हिन", "हिन्", "िन्द", "न्दी", "्दी_"]),  # marks stay inside the word
        ("B2B 1,190", ["_b2b", "b2b_", "_1_", "_190", "190_"]),
        ("日本の首都", ["日本", "本の", "の首", "首都"]),
        ("コーヒー", ["コー", "ーヒ", "ヒー"]),
        ("中国2020年", ["中国", "_202", "2020", "020_", "年"]),
        ("대한민국은", ["대한", "한민", "민국", "국은"]),
        ("서울 수도", ["서울", "수도"]),
        ("ที่นี่", ["ที่นี่"]),  # two characters, each a consonant with vowel sign and tone mark
        ("ລາວ", ["ລາ", "າວ"]),
        ("កាខាគ", ["កាខា", "ខាគ"]),
        ("မြန်မ", ["မြန်", "န်မ"]),
        ("東京タワー、Tokyo", ["東京", "京タ", "タワ", "ワー", "_tok", "toky", "okyo", "kyo_"]),
    ],
)
def test_by_hand(text: str, tokens: list[str]) -> None:
    assert ngrams(text) == tokens


@pytest.mark.parametrize("text", ["", " \n", "?! … — ・。", "😀", "_"])
def test_nothing_to_search_for(text: str) -> None:
    assert ngrams(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾄｳｷｮｳ", "トウキョウ"),  # half-width kana
        ("ＡＢＣＤ", "abcd"),
        ("co\u00adoperate", "cooperate"),  # soft hyphen
        ("क्\u200dष", "क्ष"),  # joiner, which only changes the shape
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("tiếng", unicodedata.normalize("NFD", "TIẾNG")),
    ],
)
def test_the_same_text_in_another_form(one: str, other: str) -> None:
    assert ngrams(one) == ngrams(other) != []


def test_plain_characters_are_treated_as_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short ways give what the long way does: each character alone, all pairs of letters, and runs of all."""
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    letters = [one for one in every if PLAIN_WORD.fullmatch(one)]
    signs = [one for one in every if PLAIN_UNSPACED.fullmatch(one)]
    assert len(letters) > 150
    assert len(signs) > 30_000
    draw = random.Random(0)
    texts = [*letters, *signs, *(a + b for a in letters for b in letters)]
    texts += ["".join(draw.choices(letters, k=9)) for _ in range(1000)]
    texts += ["".join(draw.choices(signs, k=40)) for _ in range(5000)]
    found = [ngrams(text) for text in texts]
    for name in ("PLAIN_WORD", "PLAIN_UNSPACED"):
        monkeypatch.setattr(module, name, re.compile("(?!)"))  # matches nothing
    for text, tokens in zip(texts, found, strict=True):
        assert ngrams(text) == tokens, ascii(text)
