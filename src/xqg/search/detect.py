"""Which language a question is in, by lingua, among a few candidates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

__all__ = ["detect_languages"]

# CLDR codes whose language lingua lists under another ISO 639-1 code.
OTHER_CODES = {"no": "nb", "fil": "tl", "iw": "he", "in": "id", "sh": "sr"}


def detect_languages(texts: Sequence[str], candidates: Sequence[str]) -> list[str | None]:
    """The language of each text, as one of the candidate codes; None where it cannot be told.

    Candidates that lingua does not know are left out; with fewer than two others there is nothing
    to tell apart, and every answer is None. Where two candidates are one language to lingua
    (`zh_Hans`, `zh_Hant`) the first given is the answer.
    """
    code_of, detector = _detector(tuple(candidates))
    if detector is None:
        return [None] * len(texts)
    found = [detector.detect_language_of(text) for text in texts]
    return [None if language is None else code_of[language.iso_code_639_1.name] for language in found]


@lru_cache(maxsize=8)
def _detector(candidates: tuple[str, ...]) -> tuple[dict[str, str], Any]:
    """Candidate codes by lingua's ISO 639-1 name, and a detector among them (None: fewer than two)."""
    from lingua import Language, LanguageDetectorBuilder

    languages = {language.iso_code_639_1.name: language for language in Language.all()}
    code_of: dict[str, str] = {}
    for code in candidates:
        base = code.replace("-", "_").split("_")[0].lower()
        name = OTHER_CODES.get(base, base).upper()
        if name in languages:
            code_of.setdefault(name, code)
    if len(code_of) < 2:
        return code_of, None
    return code_of, LanguageDetectorBuilder.from_languages(*(languages[name] for name in code_of)).build()
