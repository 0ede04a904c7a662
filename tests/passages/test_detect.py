"""Language detection among candidates."""

from __future__ import annotations

import pytest

import xqg.search
from xqg.passages.detect import can_tell, detect_languages

TEXTS = ["日本の首都はどこですか", "Где находится столица Японии?", "Where is the capital of Japan?"]


def test_detected() -> None:
    assert detect_languages(TEXTS, ["ja", "ru", "en"]) == ["ja", "ru", "en"]
    assert xqg.search.detect_languages is detect_languages


def test_unknown_candidates_are_skipped() -> None:
    assert detect_languages(TEXTS, ["gsw", "ja", "ru", "en"]) == ["ja", "ru", "en"]


@pytest.mark.parametrize("candidates", [[], ["ja"], ["gsw", "ja"], ["zh_Hans", "zh_Hant"]])
def test_nothing_to_tell_apart(candidates: list[str]) -> None:
    assert detect_languages(TEXTS, candidates) == [None] * 3


def test_other_spellings() -> None:
    assert detect_languages(["東京的人口是多少？"], ["zh_Hant", "ja"]) == ["zh_Hant"]
    assert detect_languages(["Hva heter hovedstaden i Norge?"], ["no", "ja"]) == ["no"]


def test_of_two_names_of_a_language_the_first_given_is_the_answer() -> None:
    for first, second in (("zh_Hans", "zh_Hant"), ("zh_Hant", "zh_Hans")):  # one detector serves both
        assert detect_languages(["東京的人口是多少？"], [first, "ja", second]) == [first]


def test_text_without_letters() -> None:
    assert detect_languages(["123 ?!"], ["ja", "en"]) == [None]
    assert detect_languages([], ["ja", "en"]) == []


def test_the_fast_way_gives_what_one_text_after_another_gives() -> None:
    from lingua import Language, LanguageDetectorBuilder

    texts = [*TEXTS, "123", "Wo?", "Was ist das?", "Kuka?", "Mikä on maan valuutta?", "Que sera?"] * 20
    codes = {"ja": Language.JAPANESE, "ru": Language.RUSSIAN, "en": Language.ENGLISH, "de": Language.GERMAN}
    codes |= {"fi": Language.FINNISH, "fr": Language.FRENCH}
    detector = LanguageDetectorBuilder.from_languages(*codes.values()).build()
    of = {language: code for code, language in codes.items()}
    expected = [of.get(detector.detect_language_of(text)) for text in texts]  # type: ignore[arg-type]
    assert detect_languages(texts, list(codes)) == expected
    assert set(expected) > {"de", "fi", None}


@pytest.mark.parametrize(
    ("code", "candidates", "can"),
    [
        ("ja", ["en", "ja"], True),
        ("ja", ["en"], True),
        ("ja", ["ja"], False),
        ("ja", ["ja", "gsw"], False),  # none that it could be taken for
        ("gsw", ["ja", "en"], False),
        ("zh_Hans", ["zh_Hant"], False),
        ("zh_Hans", ["zh_Hant", "en"], True),
    ],
)
def test_can_tell(code: str, candidates: list[str], can: bool) -> None:
    assert can_tell(code, candidates) is can


def test_which_languages_lingua_knows() -> None:
    codes = ["ja", "gsw", "am", "zh_Hant", "no", "fil", "pt-BR"]
    assert [code for code in codes if can_tell(code, ["en"])] == ["ja", "zh_Hant", "no", "fil", "pt-BR"]
