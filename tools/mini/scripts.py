"""The script that a character is written in, as its Unicode name begins."""

from __future__ import annotations

import unicodedata
from functools import cache

__all__ = ["LANGUAGE_SCRIPTS", "script_of"]

# The scripts of atlas's languages.
LANGUAGE_SCRIPTS = {
    "en": "LATIN",
    "ar": "ARABIC",
    "bn": "BENGALI",
    "fi": "LATIN",
    "ja": "JAPANESE",
    "ko": "HANGUL",
    "ru": "CYRILLIC",
    "te": "TELUGU",
}
_JAPANESE = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}


@cache
def script_of(letter: str) -> str:
    """`LATIN`, `CYRILLIC`, …; kana and kanji count as one, `JAPANESE`; `NONE` without a name."""
    name = unicodedata.name(letter, "NONE").split()[0]
    return "JAPANESE" if name in _JAPANESE else name
