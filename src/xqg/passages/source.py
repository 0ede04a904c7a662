"""What an index is made of: a pool of passages that can be gone through more than once, and its digest."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from xqg.errors import XqgError
from xqg.passages.bad_rows import BadRow
from xqg.passages.fields import FieldTypes, checked_fields, fitted
from xqg.passages.records import Passage

__all__ = ["PassageDigest", "PassageList", "PassageSource"]


class PassageSource(Protocol):
    """Passages with unique ids, at least one; iterating begins anew each time.

    Attributes:
        fields: name of a field → its type, in the order first seen.
        digest: SHA-256, in hex, over what the passages are; the same for a file and for its passages in
            memory.
        languages: of the passages, sorted.
        bad: rows that were passed over.
    """

    @property
    def fields(self) -> Mapping[str, str]: ...
    @property
    def digest(self) -> str: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def bad(self) -> tuple[BadRow, ...]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Passage]: ...


class PassageDigest:
    """SHA-256 over passages in their order: id, title, text, language, fields; and the fields' types.

    One line of JSON each, so that no two pools share their bytes. A whole number counts the same as int
    and as float; the types at the end tell an int64 field from a double one.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, passage: Passage) -> None:
        """Take the next passage."""
        fields = {name: _canonical(value) for name, value in passage.fields.items()}
        self._line([passage.id, passage.title, passage.text, passage.language, fields])

    def finish(self, types: Mapping[str, str]) -> str:
        """The digest in hex; nothing can be added after it."""
        self._line(dict(types))
        return self._hash.hexdigest()

    def _line(self, value: object) -> None:
        self._hash.update(json.dumps(value, sort_keys=True).encode() + b"\n")


def _canonical(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and not (value == 0 and math.copysign(1, value) < 0):
        return int(value)
    return value


class PassageList:
    """Passages held in memory, or by another sequence, as a `PassageSource`.

    Attributes: as `PassageSource`.
    """

    def __init__(self, passages: Sequence[Passage], bad: Sequence[BadRow] = ()) -> None:
        """Go through the passages once; they are not copied. `bad` are rows that were passed over before.

        Raises:
            XqgError: no passage, an id that occurs twice, a field whose name, value or type cannot be
                kept.
        """
        self._passages = passages
        self.bad = tuple(bad)
        digest, types, ids, languages = PassageDigest(), FieldTypes(), set(), set()
        for passage in _checked(passages):
            if passage.id in ids:
                raise XqgError(f"passage {passage.id!r} occurs a second time; ids must be unique")
            types.add(f"passage {passage.id!r}", passage.fields)
            digest.add(passage)
            ids.add(passage.id)
            languages.add(passage.language)
        if not ids:
            raise XqgError("no passage; give at least one")
        self.fields = types.types
        self.digest = digest.finish(self.fields)
        self.languages = tuple(sorted(languages))
        self._length = len(ids)

    def __len__(self) -> int:
        """Number of passages."""
        return self._length

    def __iter__(self) -> Iterator[Passage]:
        """The passages, their fields' values in the fields' types."""
        if not self.fields:
            return iter(self._passages)
        return (fitted(passage, self.fields) for passage in _checked(self._passages))


def _checked(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages with fields as they are kept."""
    for passage in passages:
        if passage.fields:
            passage = replace(passage, fields=checked_fields(f"passage {passage.id!r}", passage.fields))
        yield passage
