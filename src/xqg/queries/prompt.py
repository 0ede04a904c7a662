"""The text that a generator is given: a prompt with a language, a title and a passage in it."""

from __future__ import annotations

from string import Formatter

from xqg.errors import XqgError
from xqg.passages.languages import english_name

__all__ = ["DEFAULT_PROMPT", "check_prompt", "fill"]

DEFAULT_PROMPT = "Generate a {language} question for this passage: {title} {passage}"  # xQG's
FIELDS = ("language", "title", "passage")


def check_prompt(prompt: str) -> str:
    """Return the prompt if it can be filled.

    Raises:
        XqgError: stray braces, an unknown field, or no {language} or {passage}.
    """
    _parts(prompt)
    return prompt


def fill(prompt: str, language: str, title: str, passage: str) -> str:
    """Put a language's English name, a title and a passage into a prompt.

    Braces in a title or a passage stay as they are. Without a title its field goes together with
    one blank beside it, so that no double blank is left.

    Raises:
        XqgError: as `check_prompt`, or a language code that has no English name.
    """
    values = {"language": english_name(language), "title": title, "passage": passage}
    text = ""
    skip_blank = False
    for literal, field in _parts(prompt):
        text += literal[1:] if skip_blank and literal.startswith(" ") else literal
        value = values[field] if field else ""
        skip_blank = field == "title" and not value and (not text or text[-1].isspace())
        text += value
    return text


def _parts(prompt: str) -> list[tuple[str, str | None]]:
    """(literal text, field after it or None) in turn; checked."""
    try:
        parsed = list(Formatter().parse(prompt))
    except ValueError as error:
        raise XqgError(
            f"prompt {prompt!r} is malformed ({error}); write a brace itself as {{{{ or }}}}"
        ) from None
    parts: list[tuple[str, str | None]] = []
    for literal, field, specification, conversion in parsed:
        if field is not None and (field not in FIELDS or specification or conversion):
            raise XqgError(
                f"prompt {prompt!r} has an unknown field {{{field}}}; use {{language}}, {{title}}, {{passage}}"
            )
        parts.append((literal, field))
    have = [field for _, field in parts]
    for needed in ("language", "passage"):
        if needed not in have:
            raise XqgError(f"prompt {prompt!r} lacks {{{needed}}}; it needs {{language}} and {{passage}}")
    return parts
