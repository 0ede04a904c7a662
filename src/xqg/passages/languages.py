"""Language codes and their English names, as CLDR gives them through `babel`."""

from __future__ import annotations

from functools import lru_cache

from xqg.errors import XqgError

__all__ = ["english_name", "parse_languages"]


@lru_cache(maxsize=1024)
def english_name(code: str) -> str:
    """The English name of a language: `ja` → `Japanese`.

    Raises:
        XqgError: when `babel` has no English name for the code.
    """
    from babel import Locale

    name = Locale("en").languages.get(code.replace("-", "_"))
    if not code or name is None:
        raise XqgError(f"unknown language code {code!r}; use a CLDR code such as en, ja or ru")
    return str(name)


def parse_languages(text: str) -> list[str]:
    """Split and check a command line's `ja,ru`; order is kept.

    Raises:
        XqgError: for an unknown code, a repeated code, or an empty list.
    """
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise XqgError(f"no language in {text!r}; give codes separated by commas, such as ja,ru")
    for code in codes:
        english_name(code)
        if codes.count(code) > 1:
            raise XqgError(f"language {code!r} is given twice in {text!r}; give it once")
    return codes
