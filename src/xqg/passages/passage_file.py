"""Passages of a JSONL file that are not held in memory: checked once, then read where they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from xqg.errors import XqgError
from xqg.passages.bad_rows import BadRow
from xqg.passages.fields import fitted
from xqg.passages.languages import english_name
from xqg.passages.lines import lines
from xqg.passages.passage_rows import WHAT, PassageRows, nothing_in, to_passage
from xqg.passages.records import Passage
from xqg.passages.source import PassageDigest

__all__ = ["PassageFile"]


class PassageFile:
    """The passages of a file, plain or `.gz`, as a `PassageSource`. Iterating reads it and keeps nothing.

    Attributes:
        path: the file.
        language: of rows that name none.
        fields: name of a field → its type, in the order first seen.
        digest: SHA-256, in hex, over what the passages are.
        languages: of the passages, sorted.
        bad: the rows passed over.
    """

    def __init__(self, path: Path | str, language: str = "en", *, skip_bad: bool = False) -> None:
        """Go through the file once and check every row; of a good one only its id is kept, until the end.

        Args:
            path: a JSONL file.
            language: of rows that name none.
            skip_bad: pass over bad rows and note them in `bad`, instead of failing at the first.

        Raises:
            XqgError: as `read_passages`; with `skip_bad` only for a file that cannot be read, an unknown
                `language`, or no good row.
        """
        self.path = Path(path)
        self.language = language
        if skip_bad:
            english_name(language)  # or every row that names none would be bad
        self._state = self._stat()
        digest, rows = PassageDigest(), PassageRows(self.path, language)
        languages: set[str] = set()
        bad: list[BadRow] = []
        self._length = 0
        for number, raw in lines(self.path, WHAT):
            try:
                passage = rows.add(number, raw)
            except XqgError as error:
                if not skip_bad:
                    raise
                bad.append(_bad_row(self.path, number, raw, error))
                continue
            if passage is not None:
                digest.add(passage)
                languages.add(passage.language)
                self._length += 1
        self.bad = tuple(bad)
        if not self._length:
            raise self._no_good_row()
        self._check_unchanged()
        self.fields = rows.fields
        self.digest = digest.finish(self.fields)
        self.languages = tuple(sorted(languages))

    def __len__(self) -> int:
        """Number of passages."""
        return self._length

    def __iter__(self) -> Iterator[Passage]:
        """The passages from the file, their fields' values in the fields' types.

        Raises:
            XqgError: the file is not the one that was opened.
        """
        self._check_unchanged()
        skipped = {row.line for row in self.bad}
        count = 0
        for number, raw in lines(self.path, WHAT):
            if number in skipped:
                continue
            try:
                passage = to_passage(self.path, number, raw, self.language)
                passage = passage and fitted(passage, self.fields)
            except XqgError as error:
                raise self._changed() from error
            if passage is not None:
                count += 1
                yield passage
        if count != self._length:
            raise self._changed()
        self._check_unchanged()

    def _stat(self) -> tuple[int, int] | None:
        """Size in bytes and time of the last change in nanoseconds; None where there is no file."""
        if os.path.exists(self.path) and not (self.path.is_file() or self.path.is_dir()):
            raise XqgError(f"{self.path}: not a file that can be read twice; save the {WHAT} to one")
        try:
            state = self.path.stat()
        except OSError:
            return None
        return state.st_size, state.st_mtime_ns

    def _check_unchanged(self) -> None:
        if self._stat() != self._state:
            raise self._changed()

    def _changed(self) -> XqgError:
        return XqgError(f"{self.path}: changed while it was in use; leave it as it is and start again")

    def _no_good_row(self) -> XqgError:
        if not self.bad:
            return nothing_in(self.path)
        first = self.bad[0]
        return XqgError(
            f"{self.path}:{first.line}: {first.reason} (none of its {len(self.bad)} rows is a good passage)"
        )


def _bad_row(path: Path, number: int, raw: bytes, error: XqgError) -> BadRow:
    text = raw.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8", "backslashreplace")
    return BadRow(number, str(error).removeprefix(f"{path}:{number}: "), text)
