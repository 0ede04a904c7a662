"""JSONL files, plain or gzipped, line by line: one JSON object a line.

Every error names the file, the line and the remedy.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.languages import english_name

__all__ = ["checked_id", "lines", "rows", "spoken", "text_at", "text_field", "to_row"]


def rows(path: Path | str, what: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, object) for each line that is not blank.

    `what` names the file's content in messages ("passages"). A file named `.gz` is unpacked on the
    way.

    Raises:
        XqgError: file missing or a folder, a damaged archive, bad UTF-8, a line that is not a JSON
            object.
    """
    for number, raw in lines(path, what):
        row = to_row(path, number, raw, what)
        if row is not None:
            yield number, row


def lines(path: Path | str, what: str) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, bytes) for each line.

    Raises:
        XqgError: file missing or a folder, a damaged archive.
    """
    path = Path(path)
    if not os.path.exists(path):  # unlike Path's own, false for a name that is too long
        raise XqgError(f"{path}: no such file; give a JSONL file of {what}")
    if path.is_dir():
        raise XqgError(f"{path}: is a folder; give the JSONL file of {what} inside it")
    with _opened(path) as file:
        yield from enumerate(file, start=1)


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
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


def to_row(path: Path | str, number: int, raw: bytes, what: str) -> dict[str, Any] | None:
    """The object of a line; None where the line is blank.

    Raises:
        XqgError: bad UTF-8, broken JSON, not an object.
    """
    try:
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError:
        raise XqgError(f"{path}:{number}: not UTF-8; convert the file to UTF-8") from None
    if not line:
        return None
    try:
        row = json.loads(line)
    except RecursionError:
        raise XqgError(
            f"{path}:{number}: broken JSON (nested too deeply); mend or remove the line"
        ) from None
    except ValueError as error:  # a number of thousands of digits is none that json explains
        reason = getattr(error, "msg", "a number with too many digits")
        raise XqgError(f"{path}:{number}: broken JSON ({reason}); mend or remove the line") from None
    if not isinstance(row, dict):
        raise XqgError(f"{path}:{number}: not a JSON object; each line must be one {{…}} of {what}")
    return row


def text_field(
    path: Path | str, number: int, row: dict[str, Any], key: str, default: str | None = None
) -> str:
    """A string field of a line's row; `default` where the key is absent or null.

    Raises:
        XqgError: absent without a default, not a string, or a lone surrogate (no UTF-8 form).
    """
    return text_at(f"{path}:{number}", row, key, default)


def text_at(where: str, row: dict[str, Any], key: str, default: str | None = None) -> str:
    """As `text_field`, of a row at any place: `file:line`, or what else names it.

    Raises:
        XqgError: as `text_field`.
    """
    value = row.get(key)
    if value is None:
        if default is None:
            raise XqgError(f"{where}: no {key!r}; every line needs one")
        return default
    if isinstance(value, int) and not isinstance(value, bool) and key.endswith("id"):
        value = str(value)  # BEIR files found in the wild carry integer ids
    if not isinstance(value, str):
        raise XqgError(f"{where}: {key!r} must be a string, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise XqgError(f"{where}: {key!r} holds half a surrogate pair; mend the escape") from None
    return value


def checked_id(path: Path | str, number: int, row: dict[str, Any], seen: Container[str]) -> str:
    """The `_id` of a row, which must not be among those seen.

    Raises:
        XqgError: none, an empty one, white space in it, a second time.
    """
    id_ = text_field(path, number, row, "_id")
    if not id_ or any(character.isspace() for character in id_):
        # TREC runs and qrels are separated by white space.
        raise XqgError(f"{path}:{number}: _id {id_!r} is empty or has white space; use another id")
    if id_ in seen:
        raise XqgError(f"{path}:{number}: _id {id_!r} occurs a second time; ids must be unique")
    return id_


def spoken(path: Path | str, number: int, row: dict[str, Any], default: str) -> str:
    """The `language` of a row; `default` where it names none.

    Raises:
        XqgError: an unknown code.
    """
    code = text_field(path, number, row, "language", default)
    try:
        english_name(code)
    except XqgError as error:
        raise XqgError(f"{path}:{number}: {error}") from None
    return code
