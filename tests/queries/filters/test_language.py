"""Queries in the language asked for, and the report of those that are not."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.queries.filter import Block
from xqg.queries.filters.language import InLanguage, told
from xqg.queries.wrong_language import wrong_language

GERMAN, ENGLISH = "Wann wurde die große Brücke gebaut?", "When was the great bridge built?"
JAPANESE, CHINESE = "この橋はいつ建てられましたか", "東京的人口是多少？"


def block_of(texts: dict[str, list[str]], *passage_languages: str) -> Block:
    """Vectors are not looked at."""
    return Block(
        ["p"],
        (*passage_languages, *texts),
        texts,
        {code: np.zeros(len(mine), np.intp) for code, mine in texts.items()},
        np.zeros((1, 2), np.float32),
        {code: np.zeros((len(mine), 2), np.float32) for code, mine in texts.items()},
    )


def test_judged_by_hand() -> None:
    texts = {"de": [GERMAN, ENGLISH, JAPANESE, "123?"], "ja": [JAPANESE, GERMAN]}
    assert InLanguage().judge(block_of(texts, "en")) == {
        "de": [None, "taken for en", "taken for ja", "language not told"],
        "ja": [None, "taken for de"],
    }


def test_the_passages_languages_are_candidates() -> None:
    # With the passages in Japanese there is no English to take it for.
    texts = {"de": [ENGLISH, JAPANESE]}
    assert InLanguage().judge(block_of(texts, "ja"))["de"][1] == "taken for ja"
    assert InLanguage().judge(block_of(texts, "ja"))["de"][0] is None
    assert InLanguage().judge(block_of(texts, "ja", "en"))["de"][0] == "taken for en"


@pytest.mark.parametrize("passages", [["en"], ["am"]])
def test_a_language_unknown_to_lingua_stays(passages: list[str]) -> None:
    texts = {"am": [ENGLISH, "123?"], "gsw": [ENGLISH]}
    assert InLanguage().judge(block_of(texts, *passages)) == {"am": [None, None], "gsw": [None]}


def test_nothing_to_tell_it_from() -> None:
    assert InLanguage().judge(block_of({"de": [ENGLISH]}, "de")) == {"de": [None]}


def test_two_names_of_one_language() -> None:
    texts = {"zh_Hans": [CHINESE, JAPANESE], "zh_Hant": [CHINESE, JAPANESE]}
    expected = [None, "taken for ja"]
    assert InLanguage().judge(block_of(texts, "zh", "ja")) == {"zh_Hans": expected, "zh_Hant": expected}


def test_a_language_without_queries_in_the_block() -> None:
    assert InLanguage().judge(block_of({"de": []}, "en")) == {"de": []}


def test_told() -> None:
    assert told([GERMAN, ENGLISH], "de", ["en"]) == ["de", "en"]
    assert told([GERMAN], "am", ["en", "de"]) is None


def test_wrong_language() -> None:
    texts = {
        "de": [GERMAN, ENGLISH, " ", "123?"],  # the blank one is not judged
        "ja": [JAPANESE, JAPANESE],
        "ko": [],
        "am": [ENGLISH],
    }
    assert wrong_language(texts, ["en", "de", "ja", "ko", "am"]) == {"de": (3, 2), "ja": (2, 0), "ko": (0, 0)}
    assert wrong_language({"de": [ENGLISH]}, ["de", "am"]) == {}
