"""Language codes and their English names, as CLDR gives them through `babel`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from xqg.errors import XqgError

__all__ = ["as_languages", "english_name", "parse_languages"]


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
    return _checked(codes, repr(text))


def as_languages(languages: str | Iterable[str], name: str = "languages") -> list[str]:
    """Language codes from a text such as `ja,ru`, or from a list of them; order is kept.

    Args:
        name: of the argument, for messages.

    Raises:
        XqgError: an unknown or repeated code, none at all; something else than these.
    """
    try:
        if isinstance(languages, str):
            return parse_languages(languages)
        codes = list(languages) if isinstance(languages, Iterable) else []
        if codes and all(isinstance(code, str) for code in codes):
            return _checked(codes, repr(codes))
    except XqgError as error:
        raise XqgError(f"`{name}`: {error}") from None
    raise XqgError(f"`{name}` is {languages!r}; give codes such as 'ja,ru' or ['ja', 'ru']")


def _checked(codes: list[str], shown: str) -> list[str]:
    for code in codes:
        english_name(code)
        if codes.count(code) > 1:
            raise XqgError(f"language {code!r} is given twice in {shown}; give it once")
    return codes
