"""Which language a text is in, by lingua, among a few candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

__all__ = ["can_tell", "detect_languages"]

# CLDR codes whose language lingua lists under another ISO 639-1 code.
OTHER_CODES = {"no": "nb", "fil": "tl", "iw": "he", "in": "id", "sh": "sr"}


def detect_languages(texts: Sequence[str], candidates: Sequence[str]) -> list[str | None]:
    """The language of each text, as one of the candidate codes; None where it cannot be told.

    Candidates that lingua does not know are left out; with fewer than two others there is nothing
    to tell apart, and every answer is None. Where two candidates are one language to lingua
    (`zh_Hans`, `zh_Hant`) the first given is the answer.
    """
    code_of: dict[str, str] = {}
    for code in candidates:
        name = _name(code)
        if name is not None:
            code_of.setdefault(name, code)
    if len(code_of) < 2:
        return [None] * len(texts)
    # On all cores, twice as fast on two; the answers are those of one text after another.
    found = _detector(frozenset(code_of)).detect_languages_in_parallel_of(list(texts))
    return [None if language is None else code_of[language.iso_code_639_1.name] for language in found]


def can_tell(code: str, candidates: Iterable[str]) -> bool:
    """Whether lingua knows a language, and at least one other among the candidates."""
    name = _name(code)
    return name is not None and any(_name(other) not in (None, name) for other in candidates)


def _name(code: str) -> str | None:
    """Lingua's ISO 639-1 name of a code's language (`zh_Hant` → `ZH`), None where it has none."""
    base = code.replace("-", "_").split("_")[0].lower()
    name = OTHER_CODES.get(base, base).upper()
    return name if name in _languages() else None


@lru_cache(maxsize=1)
def _languages() -> dict[str, Any]:
    """All languages of lingua by their ISO 639-1 names."""
    from lingua import Language

    return {language.iso_code_639_1.name: language for language in Language.all()}


@lru_cache(maxsize=8)
def _detector(names: frozenset[str]) -> Any:
    """A detector among two languages or more. Its answers do not depend on their order."""
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(*(_languages()[name] for name in sorted(names))).build()
