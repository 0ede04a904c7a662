"""Language codes: names, and lists on the command line."""

from __future__ import annotations

import pytest

from xqg.errors import XqgError
from xqg.passages import english_name, parse_languages


@pytest.mark.parametrize(
    ("code", "name"),
    [("ja", "Japanese"), ("te", "Telugu"), ("en", "English"), ("zh-Hant", "Traditional Chinese")],
)
def test_english_name(code: str, name: str) -> None:
    assert english_name(code) == name


@pytest.mark.parametrize("code", ["", "xx", "jp", "japanese", " ja", "../ja"])
def test_unknown_code(code: str) -> None:
    with pytest.raises(XqgError, match=r"unknown language code .*; use a CLDR code such as en, ja or ru"):
        english_name(code)


def test_parse_languages_keeps_order() -> None:
    assert parse_languages("ru,ja") == ["ru", "ja"]
    assert parse_languages(" ja , ru,") == ["ja", "ru"]


def test_parse_languages_refuses() -> None:
    with pytest.raises(XqgError, match="no language in ' ,'"):
        parse_languages(" ,")
    with pytest.raises(XqgError, match="unknown language code 'jp'"):
        parse_languages("ja,jp")
    with pytest.raises(XqgError, match="'ja' is given twice"):
        parse_languages("ja,ru,ja")
