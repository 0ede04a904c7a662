"""Language detection among candidates."""

from __future__ import annotations

import pytest

from xqg.search import detect_languages

TEXTS = ["日本の首都はどこですか", "Где находится столица Японии?", "Where is the capital of Japan?"]


def test_detected() -> None:
    assert detect_languages(TEXTS, ["ja", "ru", "en"]) == ["ja", "ru", "en"]


def test_unknown_candidates_are_skipped() -> None:
    assert detect_languages(TEXTS, ["gsw", "ja", "ru", "en"]) == ["ja", "ru", "en"]


@pytest.mark.parametrize("candidates", [[], ["ja"], ["gsw", "ja"], ["zh_Hans", "zh_Hant"]])
def test_nothing_to_tell_apart(candidates: list[str]) -> None:
    assert detect_languages(TEXTS, candidates) == [None] * 3


def test_other_spellings() -> None:
    assert detect_languages(["東京的人口是多少？"], ["zh_Hant", "ja"]) == ["zh_Hant"]
    assert detect_languages(["Hva heter hovedstaden i Norge?"], ["no", "ja"]) == ["no"]


def test_text_without_letters() -> None:
    assert detect_languages(["123 ?!"], ["ja", "en"]) == [None]
