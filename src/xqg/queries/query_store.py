"""Generated queries in a temporary file: a collection of them is many times as large as its index's memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby

from xqg.errors import XqgError
from xqg.queries.queries import GeneratedQuery

__all__ = ["QueryStore"]


class QueryStore(Mapping[str, Mapping[str, list[str]]]):
    """Language → passage id → texts, as `queries_by_language` has it, looked up in a file.

    SQLite makes the file where it keeps temporary ones (TMPDIR, else /var/tmp); it has no name, and is gone
    with the store or the process.

    Attributes:
        digest: SHA-256, in hex, over all queries in their order.
        queries: how many there are.
        per_passage: how many each passage has in each language; None where they differ.
        passages: those with queries in the language that has most of them.
    """

    def __init__(self, queries: Iterable[GeneratedQuery]) -> None:
        """Read all of them; what reading raises comes through.

        Raises:
            XqgError: the file cannot be written.
        """
        self.queries = 0
        self._digest = hashlib.sha256()
        with _told():
            # Reading from another thread than this one is fine: SQLite lets one at a time in.
            self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._file.execute("PRAGMA journal_mode = OFF")  # what is half-written is thrown away
            self._file.execute("CREATE TABLE runs (language TEXT, passage TEXT, number INTEGER, texts TEXT)")
            self._file.execute("BEGIN")
            self._file.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", self._runs(queries))
            self._file.execute("COMMIT")
            self._file.execute("CREATE INDEX by_passage ON runs (language, passage, number)")
            self._languages = [row[0] for row in self._file.execute("SELECT DISTINCT language FROM runs")]
            each = "SELECT language, SUM(number) AS n FROM runs GROUP BY language, passage"
            counted = f"SELECT COUNT(*), MIN(n), MAX(n) FROM ({each}) GROUP BY language"
            counts = self._file.execute(counted).fetchall()
        self.digest = self._digest.hexdigest()
        self.passages = max((passages for passages, _, _ in counts), default=0)
        same = {number for _, least, most in counts for number in (least, most)}
        alike = len(same) == 1 and all(passages == self.passages for passages, _, _ in counts)
        self.per_passage: int | None = same.pop() if alike else None

    def _runs(self, queries: Iterable[GeneratedQuery]) -> Iterator[tuple[str, str, int, str]]:
        """Queries that stand together, as they mostly do, in one row: that makes a fifth of the rows."""
        for (language, id_), run in groupby(queries, lambda query: (query.language, query.passage_id)):
            texts = [query.text for query in run]
            self.queries += len(texts)
            self._digest.update(json.dumps([language, id_, texts]).encode())
            yield language, id_, len(texts), json.dumps(texts, ensure_ascii=False)

    def __getitem__(self, language: str) -> Mapping[str, list[str]]:
        """The queries in a language; KeyError where there are none."""
        if language not in self._languages:
            raise KeyError(language)
        return _OfLanguage(self._file, language)

    def __iter__(self) -> Iterator[str]:
        """The languages."""
        return iter(self._languages)

    def __len__(self) -> int:
        """Number of languages."""
        return len(self._languages)


class _OfLanguage(Mapping[str, list[str]]):
    """Passage id → texts, both in the order given."""

    def __init__(self, file: sqlite3.Connection, language: str) -> None:
        self._file = file
        self._language = language

    def __getitem__(self, id_: str) -> list[str]:
        found = self._asked("SELECT texts FROM runs WHERE language = ? AND passage = ? ORDER BY rowid", id_)
        texts = [text for row in found for text in json.loads(row[0])]
        if not texts:
            raise KeyError(id_)
        return texts

    def __iter__(self) -> Iterator[str]:
        first = "SELECT passage FROM runs WHERE language = ? GROUP BY passage ORDER BY MIN(rowid)"
        return (row[0] for row in self._asked(first))

    def __len__(self) -> int:
        [number] = self._asked("SELECT COUNT(DISTINCT passage) FROM runs WHERE language = ?").fetchone()
        return int(number)

    def _asked(self, question: str, *values: str) -> sqlite3.Cursor:
        with _told():
            return self._file.execute(question, (self._language, *values))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise XqgError(
            f"generated queries: cannot be kept in a temporary file ({error}); free space, or set TMPDIR to a "
            "folder with room for the texts"
        ) from None
