"""Pieces by the scripts of a language."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.queries.scripts import language_scripts, pieces_for_all, pieces_in_scripts


@pytest.mark.parametrize(
    ("code", "scripts"),
    [
        ("ja", ("Hani", "Hira", "Kana")),
        ("ko", ("Hang", "Hani")),
        ("zh", ("Hani",)),
        ("zh-Hant", ("Hani",)),
        ("yue", ("Hani",)),
        ("pt-BR", ("Latn",)),
        ("ru", ("Cyrl",)),
        ("sr", ("Cyrl",)),
        ("te", ("Telu",)),
    ],
)
def test_scripts_of_languages(code: str, scripts: tuple[str, ...]) -> None:
    assert language_scripts(code) == scripts


@pytest.mark.parametrize("code", ["zxx", "mul", "tlh"])  # no linguistic content, several, Klingon
def test_a_language_whose_script_is_not_known(code: str) -> None:
    with pytest.raises(XqgError, match=rf"CLDR does not say which script .* \({code}\)"):
        language_scripts(code)


def test_an_unknown_language() -> None:
    with pytest.raises(XqgError, match="unknown language code 'xx'"):
        language_scripts("xx")


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("ja", ["▁東京", "カメラ", "の", "第1話", "東京。"]),
        ("zh", ["▁東京", "第1話", "東京。"]),
        ("ru", ["▁где", "во-1"]),
        ("en", ["▁the", "Köln", "e\u0301t"]),
        ("ko", ["한국", "▁東京", "第1話", "東京。"]),
    ],
)
def test_pieces_in_a_script(code: str, pieces: list[str]) -> None:
    every = [
        "▁",
        "▁東京",
        "カメラ",
        "の",
        "第1話",
        "東京。",
        "▁где",
        "во-1",
        "éж",
        "▁the",
        "Köln",
        "e\u0301t",
    ]
    every += ["한국", "1", "!?", "x東", ""]
    found = pieces_in_scripts(every, language_scripts(code))
    assert found == [piece for piece in every if piece in pieces]


def test_pieces_for_every_language() -> None:
    wanted = ["▁", "1", "!?", "▁2026", "ー", "\u0301", "。", "<0xE3>", "▁A", "z", "€"]
    others = ["ab", "▁Ab", "é", "▁Я", "東", "<0xg>", "<pad>", ""]
    assert pieces_for_all([*wanted, *others]) == wanted
