"""What a search is asked: one question or many, as texts, `Question`s or vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.passages import Question, as_languages, english_name

__all__ = ["QuestionBatch", "check_query_language", "question_batch", "search_languages"]


class QuestionBatch(NamedTuple):
    """Questions to be encoded together.

    Attributes:
        queries: their texts, or their vectors, float32 of shape (questions, dimension).
        languages: of each, as far as it is known.
        lone: whether it is one question, and not a list of one.
    """

    queries: list[str] | npt.NDArray[np.floating]
    languages: list[str | None]
    lone: bool


def question_batch(questions: Any, query_language: str | Sequence[str | None] | None) -> QuestionBatch:
    """Questions from a text, a `Question`, a vector of shape (dimension,), or several of these.

    Args:
        query_language: of all that name none, or a list with one for each; None: not known.

    Raises:
        XqgError: something else; a blank text; an unknown language.
    """
    if isinstance(questions, np.ndarray):
        if questions.ndim not in (1, 2) or not np.issubdtype(questions.dtype, np.floating):
            raise XqgError(
                f"`questions` are an array of {questions.dtype} of shape {questions.shape}; give floating point vectors "
                "of shape (questions, dimension), or one of shape (dimension,)"
            )
        vectors = np.atleast_2d(questions)
        return QuestionBatch(vectors, _spoken([None] * len(vectors), query_language), questions.ndim == 1)
    lone = isinstance(questions, str | Question)
    if not lone and (not isinstance(questions, Iterable) or isinstance(questions, bytes | dict)):
        raise XqgError(f"`questions` is {questions!r}; give a text, or a list of texts")
    listed = [questions] if lone else list(questions)
    texts = []
    for number, one in enumerate(listed, start=1):
        where = "the question" if len(listed) == 1 else f"question {number} of {len(listed)}"
        text = one.text if isinstance(one, Question) else one
        if not isinstance(text, str):
            raise XqgError(f"{where} is {text!r}; give a text, or a list of texts (`questions`)")
        if not text.strip():
            raise XqgError(f"{where} is empty; give it a text")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise XqgError(f"{where} holds half a surrogate pair, which is no text; decode it anew")
        texts.append(text)
    named = [one.language if isinstance(one, Question) else None for one in listed]
    return QuestionBatch(texts, _spoken(named, query_language), lone)


def _spoken(named: list[str | None], given: str | Sequence[str | None] | None) -> list[str | None]:
    """The language of each question: its own, or else the one given."""
    if given is None or isinstance(given, str):
        codes = [given if code is None else code for code in named]
    elif not isinstance(given, Sequence):
        raise XqgError(f"`query_language` is {given!r}; give a code such as 'ja', or a list with one for each question")
    else:
        codes = list(given)
        if len(codes) != len(named):
            raise XqgError(
                f"`query_language` names {len(codes)} languages for {len(named)} questions; give one for each, or one "
                "for all"
            )
    for code in dict.fromkeys(codes):
        check_query_language(code)
    return codes


def check_query_language(code: Any) -> None:
    """Raise XqgError for what is no language's code; None is fine."""
    if code is None:
        return
    if not isinstance(code, str):
        raise XqgError(f"`query_language` is {code!r}; give a code such as 'ja'")
    english_name(code)


def search_languages(languages: str | Sequence[str] | None) -> list[str] | Literal["auto"] | None:
    """The generated queries that are to count: `auto`, those in some languages (none: an empty list), or None.

    Raises:
        XqgError: an unknown or repeated code.
    """
    if languages is None or languages == "auto":
        return languages  # type: ignore[return-value]
    if not isinstance(languages, str) and isinstance(languages, Sequence) and not languages:
        return []
    return as_languages(languages)
