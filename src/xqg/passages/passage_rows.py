"""The rows of a passage file, each checked by itself and against those before it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.fields import FieldTypes, checked_fields
from xqg.passages.lines import checked_id, spoken, text_field, to_row
from xqg.passages.records import Passage

__all__ = ["WHAT", "PassageRows", "nothing_in", "passage_of", "to_passage"]

WHAT = "passages"
_OWN = ("_id", "title", "text", "language")


class PassageRows:
    """What is known of a file's passages so far: their ids, and their fields' types."""

    def __init__(self, path: Path | str, language: str) -> None:
        """`language` is for rows that name none."""
        self._path = path
        self._language = language
        self._ids: set[str] = set()
        self._types = FieldTypes()

    @property
    def fields(self) -> dict[str, str]:
        """Name of a field → its type."""
        return self._types.types

    def add(self, number: int, raw: bytes) -> Passage | None:
        """The passage of a line (from 1); None where the line is blank. Of a bad row nothing is kept.

        Raises:
            XqgError: as `to_passage`; a field of another type than before.
        """
        passage = to_passage(self._path, number, raw, self._language, self._ids)
        if passage is None:
            return None
        self._types.add(f"{self._path}:{number}", passage.fields, f"line {number}")
        self._ids.add(passage.id)
        return passage


def to_passage(
    path: Path | str, number: int, raw: bytes, language: str, seen: Container[str] = ()
) -> Passage | None:
    """The passage of a line (from 1), whose id is not among those seen; None where the line is blank.

    Raises:
        XqgError: a malformed line, a duplicate id, an empty passage, an unknown language, a field whose
            name or value cannot be kept.
    """
    row = to_row(path, number, raw, WHAT)
    return None if row is None else passage_of(path, number, row, language, seen)


def passage_of(
    path: Path | str, number: int, row: dict[str, Any], language: str, seen: Container[str] = ()
) -> Passage:
    """The passage of a row, parsed already; as `to_passage`.

    Raises:
        XqgError: as `to_passage`.
    """
    id_ = checked_id(path, number, row, seen)
    text = text_field(path, number, row, "text")
    if not text.strip():
        raise XqgError(f"{path}:{number}: passage {id_!r} is empty; give it a text or remove the line")
    title = text_field(path, number, row, "title", "")
    code = spoken(path, number, row, language)
    return Passage(id_, title, text, code, _fields(f"{path}:{number}", row))


def _fields(where: str, row: dict[str, Any]) -> Mapping[str, object]:
    given = {name: value for name, value in row.items() if name not in _OWN}
    return checked_fields(where, given)


def nothing_in(path: Path | str) -> XqgError:
    """The error of a file without a passage."""
    return XqgError(f"{path}: no passage in it; give one JSON object a line with _id and text")
