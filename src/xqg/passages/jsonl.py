"""BEIR-style JSONL files, plain or gzipped: passages and questions, one JSON object a line.

Passages: `_id`, `title`, `text`, optional `language`; further keys are fields (`fields`). Questions:
`_id`, `text`, optional `language`, optional `answers`; further keys are passed over. Every error
names the file, the line and the remedy.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.fields import fitted
from xqg.passages.lines import checked_id, lines, rows, spoken, text_field
from xqg.passages.passage_rows import WHAT, PassageRows, nothing_in
from xqg.passages.records import Passage, Question

__all__ = ["question_of", "read_passages", "read_questions", "rows", "text_field"]


def read_passages(path: Path | str, language: str = "en") -> list[Passage]:
    """Read passages into memory; `language` is for rows that name none.

    Raises:
        XqgError: a malformed line, an empty passage, a duplicate id, an unknown language, a field whose
            name or type cannot be kept, no line.
    """
    checked = PassageRows(path, language)
    read = (checked.add(number, raw) for number, raw in lines(path, WHAT))
    found = [passage for passage in read if passage is not None]
    if not found:
        raise nothing_in(path)
    return [fitted(passage, checked.fields) for passage in found] if checked.fields else found


def read_questions(path: Path | str, language: str = "en") -> list[Question]:
    """Read questions; `language` is for rows that name none.

    Raises:
        XqgError: a malformed line, an empty question, a duplicate id, an unknown language, no line,
            `answers` that are not a list of strings.
    """
    found: dict[str, Question] = {}
    for number, row in rows(path, "questions"):
        question = question_of(path, number, row, language, found)
        found[question.id] = question
    if not found:
        raise XqgError(f"{path}: no question in it; give one JSON object a line with _id and text")
    return list(found.values())


def question_of(
    path: Path | str, number: int, row: dict[str, Any], language: str, seen: Container[str] = ()
) -> Question:
    """The question of a row, whose id is not among those seen; `language` where the row names none.

    Raises:
        XqgError: no id or a duplicate one, an empty question, an unknown language, `answers` that are not
            a list of strings.
    """
    id_ = checked_id(path, number, row, seen)
    text = text_field(path, number, row, "text")
    if not text.strip():
        raise XqgError(f"{path}:{number}: question {id_!r} is empty; give it a text or remove the line")
    answers = row.get("answers") or []
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise XqgError(f'{path}:{number}: "answers" must be a list of strings, such as ["1999"]')
    return Question(id_, text, spoken(path, number, row, language), tuple(answers))
