"""Passages and questions from whatever a caller has: a path, a list, a generator."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.bad_rows import BadRow
from xqg.passages.jsonl import question_of, read_questions, rows
from xqg.passages.passage_file import PassageFile
from xqg.passages.passage_rows import passage_of
from xqg.passages.records import Passage, Question
from xqg.passages.source import PassageList, PassageSource

__all__ = ["PassagesLike", "QuestionsLike", "as_passages", "as_questions"]

PassagesLike = str | os.PathLike[str] | PassageSource | Iterable[Passage | Mapping[str, Any]]
QuestionsLike = str | os.PathLike[str] | Iterable[Question | Mapping[str, Any] | str]

_PASSAGES, _QUESTIONS = "`passages`", "`questions`"


def as_passages(
    passages: PassagesLike, language: str | None = None, *, skip_bad: bool = False
) -> PassageSource:
    """Passages that can be gone through again and again, each checked.

    Args:
        passages: a JSONL file or a BEIR folder by its path, read row by row and never held in memory; or
            `Passage`s and dictionaries (`_id` or `id`, `text`, and where there is one `title` and
            `language`; other keys are fields) in a list or any other iterable. What can be gone through
            once only, such as a generator, is taken into a list.
        language: of passages that name none; None: English.
        skip_bad: pass over bad rows and note them in the source's `bad`, instead of failing at the first.

    Raises:
        XqgError: nothing there, a malformed row, a repeated id, no passage; something else than these.
    """
    code = "en" if language is None else language
    if isinstance(passages, str | os.PathLike):
        path = _file(passages, "corpus.jsonl", "passages")
        return PassageFile(path, code, skip_bad=skip_bad)
    if isinstance(passages, PassageFile | PassageList):
        return passages
    if isinstance(passages, Passage | Mapping) or not isinstance(passages, Iterable):
        raise XqgError(
            f"{_PASSAGES} is a {type(passages).__name__}; give a path, or a list of Passage or of dictionaries"
        )
    good: dict[str, Passage] = {}
    bad: list[BadRow] = []
    for number, one in enumerate(passages, start=1):
        try:
            passage = passage_of(_PASSAGES, number, _passage_row(number, one), code, good)
        except XqgError as error:
            if not skip_bad:
                raise
            reason = str(error).removeprefix(f"{_PASSAGES}:{number}: ")
            bad.append(BadRow(number, reason, json.dumps(one, ensure_ascii=False, default=str)))
        else:
            good[passage.id] = passage
    if not good:
        reason = f": {bad[0].reason} (none of the {len(bad)} is good)" if bad else " holds no passage; give one or more"
        raise XqgError(f"{_PASSAGES}{reason}")
    return PassageList(list(good.values()), bad)


def as_questions(
    questions: QuestionsLike, language: str | None = None
) -> tuple[list[Question], list[str | None]]:
    """Questions, and the language of each as far as it is known: None is to be detected, not English.

    Args:
        questions: a JSONL file or a BEIR folder by its path; or `Question`s, dictionaries (`_id` or `id`,
            `text`, and where there is one `language`) and texts in any iterable. A text's id is its
            number, from 1.
        language: of questions that name none.

    Raises:
        XqgError: nothing there, a malformed row, a repeated id, no question; something else than these.
    """
    code = "en" if language is None else language
    if isinstance(questions, str | os.PathLike):
        path = _file(questions, "queries.jsonl", "questions")
        found = read_questions(path, code)
        named = [row.get("language") is not None for _, row in rows(path, "questions")]
    elif isinstance(questions, Question | Mapping) or not isinstance(questions, Iterable):
        raise XqgError(
            f"{_QUESTIONS} is a {type(questions).__name__}; give a path, or a list of texts, Question or dictionaries"
        )
    else:
        by_id: dict[str, Question] = {}
        named = []
        for number, one in enumerate(questions, start=1):
            row = _question_row(number, one)
            question = question_of(_QUESTIONS, number, row, code, by_id)
            by_id[question.id] = question
            named.append(row.get("language") is not None)
        found = list(by_id.values())
        if not found:
            raise XqgError(f"{_QUESTIONS} holds no question; give one or more")
    known = [language is not None or has for has in named]
    return found, [one.language if known_ else None for one, known_ in zip(found, known, strict=True)]


def _passage_row(number: int, one: object) -> dict[str, Any]:
    if isinstance(one, Passage):
        return {**one.fields, "_id": one.id, "title": one.title, "text": one.text, "language": one.language}
    if isinstance(one, Mapping):
        return _with_id(one)
    raise XqgError(
        f"{_PASSAGES}:{number}: a {type(one).__name__}; each must be a Passage, or a dictionary with _id and text"
    )


def _question_row(number: int, one: object) -> dict[str, Any]:
    if isinstance(one, str):
        return {"_id": str(number), "text": one}
    if isinstance(one, Question):
        return {"_id": one.id, "text": one.text, "language": one.language, "answers": list(one.answers)}
    if isinstance(one, Mapping):
        return _with_id(one)
    raise XqgError(
        f"{_QUESTIONS}:{number}: a {type(one).__name__}; each must be a text, a Question, or a dictionary with _id "
        "and text"
    )


def _with_id(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a dictionary, whose id may be called `id`."""
    found = {str(name): value for name, value in row.items()}
    if "_id" not in found and "id" in found:
        found["_id"] = found.pop("id")
    return found


def _file(source: str | os.PathLike[str], name: str, what: str) -> Path:
    """The JSONL file itself, or the one inside a BEIR folder."""
    path = Path(source)
    if os.path.isdir(path):
        if not os.path.isfile(path / name):
            raise XqgError(f"{source}: no {name} in this folder; give a JSONL file or a BEIR folder of {what}")
        return path / name
    if not os.path.exists(path):  # unlike Path's own, false for a name that is too long
        raise XqgError(f"{source}: no such file; give a JSONL file or a BEIR folder of {what}")
    return path
