"""BEIR-style JSONL files, plain or gzipped: passages and questions, one JSON object a line.

Passages: `_id`, `title`, `text`, optional `language`. Questions: `_id`, `text`, optional
`language`, optional `answers`. Every error names the file, the line and the remedy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.languages import english_name
from xqg.passages.records import Passage, Question

__all__ = ["read_passages", "read_questions", "rows", "text_field"]


def rows(path: Path | str, what: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, object) for each line that is not blank.

    `what` names the file's content in messages ("passages"). A file named `.gz` is unpacked on the
    way.

    Raises:
        XqgError: file missing or a folder, a damaged archive, bad UTF-8, a line that is not a JSON
            object.
    """
    path = Path(path)
    if not path.exists():
        raise XqgError(f"{path}: no such file; give a JSONL file of {what}")
    if path.is_dir():
        raise XqgError(f"{path}: is a folder; give the JSONL file of {what} inside it")
    with _lines(path) as file:
        for number, raw in enumerate(file, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                raise XqgError(f"{path}:{number}: not UTF-8; convert the file to UTF-8") from None
            if not line:
                continue
            try:
                row = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                reason = getattr(error, "msg", "nested too deeply")
                raise XqgError(f"{path}:{number}: broken JSON ({reason}); mend or remove the line") from None
            if not isinstance(row, dict):
                raise XqgError(f"{path}:{number}: not a JSON object; each line must be one {{…}} of {what}")
            yield number, row


@contextmanager
def _lines(path: Path) -> Iterator[Iterable[bytes]]:
    if path.suffix != ".gz":
        with path.open("rb") as file:
            yield file
        return
    import gzip
    import zlib

    try:
        with gzip.open(path, "rb") as packed:
            yield packed
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise XqgError(f"{path}: a damaged gzip archive ({error}); get it anew") from None


def text_field(
    path: Path | str, number: int, row: dict[str, Any], key: str, default: str | None = None
) -> str:
    """A string field of a row; `default` where the key is absent or null.

    Raises:
        XqgError: absent without a default, not a string, or a lone surrogate (no UTF-8 form).
    """
    value = row.get(key)
    if value is None:
        if default is None:
            raise XqgError(f"{path}:{number}: no {key!r}; every line needs one")
        return default
    if isinstance(value, int) and not isinstance(value, bool) and key.endswith("id"):
        value = str(value)  # BEIR files found in the wild carry integer ids
    if not isinstance(value, str):
        raise XqgError(f"{path}:{number}: {key!r} must be a string, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise XqgError(f"{path}:{number}: {key!r} holds half a surrogate pair; mend the escape") from None
    return value


def read_passages(path: Path | str, language: str = "en") -> list[Passage]:
    """Read passages; `language` is for rows that name none.

    Raises:
        XqgError: a malformed line, an empty passage, a duplicate id, an unknown language, no line.
    """
    found: dict[str, Passage] = {}
    for number, row in rows(path, "passages"):
        id_ = _new_id(path, number, row, found)
        text = text_field(path, number, row, "text")
        if not text.strip():
            raise XqgError(f"{path}:{number}: passage {id_!r} is empty; give it a text or remove the line")
        title = text_field(path, number, row, "title", "")
        found[id_] = Passage(id_, title, text, _language(path, number, row, language))
    if not found:
        raise XqgError(f"{path}: no passage in it; give one JSON object a line with _id and text")
    return list(found.values())


def read_questions(path: Path | str, language: str = "en") -> list[Question]:
    """Read questions; `language` is for rows that name none.

    Raises:
        XqgError: as `read_passages`, and for `answers` that are not a list of strings.
    """
    found: dict[str, Question] = {}
    for number, row in rows(path, "questions"):
        id_ = _new_id(path, number, row, found)
        text = text_field(path, number, row, "text")
        if not text.strip():
            raise XqgError(f"{path}:{number}: question {id_!r} is empty; give it a text or remove the line")
        answers = row.get("answers") or []
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            raise XqgError(f'{path}:{number}: "answers" must be a list of strings, such as ["1999"]')
        found[id_] = Question(id_, text, _language(path, number, row, language), tuple(answers))
    if not found:
        raise XqgError(f"{path}: no question in it; give one JSON object a line with _id and text")
    return list(found.values())


def _new_id(path: Path | str, number: int, row: dict[str, Any], seen: dict[str, Any]) -> str:
    id_ = text_field(path, number, row, "_id")
    if not id_ or any(character.isspace() for character in id_):
        # TREC runs and qrels are separated by white space.
        raise XqgError(f"{path}:{number}: _id {id_!r} is empty or has white space; use another id")
    if id_ in seen:
        raise XqgError(f"{path}:{number}: _id {id_!r} occurs a second time; ids must be unique")
    return id_


def _language(path: Path | str, number: int, row: dict[str, Any], default: str) -> str:
    code = text_field(path, number, row, "language", default)
    try:
        english_name(code)
    except XqgError as error:
        raise XqgError(f"{path}:{number}: {error}") from None
    return code
