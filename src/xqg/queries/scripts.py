"""Which pieces of a vocabulary a language may be written with, by Unicode script.

A language's scripts are those of CLDR's likely subtags. A piece counts as theirs if each of its
characters has one of them, or the script Common or Inherited: digits, punctuation, marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex

from xqg.errors import XqgError
from xqg.passages.languages import english_name

__all__ = ["language_scripts", "pieces_for_all", "pieces_in_scripts"]

# CLDR's codes for what is written with several scripts, or with a form of one: the Unicode scripts.
_WRITTEN_WITH = {
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
    "Hans": ("Hani",),
    "Hant": ("Hani",),
    "Latg": ("Latn",),
}
# Of every language: what has no script of its own, single bytes of other characters, and the basic
# letters one by one, with which names and units are spelt.
_FOR_ALL = r"[\p{Script=Zyyy}\p{Script=Zinh}]+|<0x[0-9A-F]{2}>|▁?[A-Za-z]"


def language_scripts(code: str) -> tuple[str, ...]:
    """The scripts of a language, as Unicode's four-letter codes: `ja` → Hani, Hira, Kana.

    Raises:
        XqgError: an unknown language, or one whose script CLDR does not say.
    """
    from babel.core import get_global, parse_locale

    name = english_name(code)
    language, territory, script, *_ = parse_locale(code.replace("-", "_"))
    if script is None:
        likely = get_global("likely_subtags")
        found = likely.get(f"{language}_{territory}") or likely.get(language)
        script = parse_locale(found)[2] if found else None
    if script is None:
        raise XqgError(f"CLDR does not say which script {name} ({code}) is written in; leave it out")
    return _WRITTEN_WITH.get(script, (script,))


def pieces_for_all(pieces: Iterable[str]) -> list[str]:
    """The pieces that any language may be written with, in the order given.

    Args:
        pieces: of a SentencePiece vocabulary, `▁` for a blank, `<0xE3>` for a byte.
    """
    fits = regex.compile(_FOR_ALL).fullmatch
    return [piece for piece in pieces if fits(piece)]


def pieces_in_scripts(pieces: Iterable[str], scripts: Sequence[str]) -> list[str]:
    """The pieces that have a character of the scripts and none of any other, in the order given.

    Common and Inherited characters may stand among them: `▁東京1`.
    """
    own = "".join(rf"\p{{Script={script}}}" for script in scripts)
    allowed = rf"[{own}\p{{Script=Zyyy}}\p{{Script=Zinh}}]"
    fits = regex.compile(rf"{allowed}*[{own}]{allowed}*").fullmatch
    return [piece for piece in pieces if fits(piece)]
