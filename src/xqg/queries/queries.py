"""Generated queries as records and as files.

A row is `{"passage_id", "language", "text", "seed", "generator"}`; any number of rows per passage
and language. `seed` and `generator` may be absent from files made elsewhere. Rows in the layout of
the authors' hub dataset (`hub`) are read too; what is written is JSONL of the first layout.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.passages.languages import english_name
from xqg.passages.lines import text_at
from xqg.queries.hub import hub_queries, is_hub_row
from xqg.queries.query_files import Row, query_rows

__all__ = [
    "GeneratedQuery",
    "as_line",
    "iter_queries",
    "queries_by_language",
    "queries_of",
    "read_queries",
    "write_queries",
]


@dataclass(frozen=True, slots=True)
class GeneratedQuery:
    """A query that a generator wrote for a passage; `text` may be blank, as generators fail."""

    passage_id: str
    language: str
    text: str
    seed: int = 0
    generator: str = "unknown"


def read_queries(path: Path | str) -> list[GeneratedQuery]:
    """Read generated queries, in the file's order; blank texts are kept.

    Args:
        path: a file, `.jsonl` (or `.jsonl.gz`) or `.parquet`; or a folder of such files, read in the
            order of their names. Rows of both layouts may stand side by side.

    Raises:
        XqgError: with file and line (Parquet: row), for a missing field, a wrong type, an unknown
            language code, broken JSON; for a file or folder without a query.
    """
    return list(iter_queries(path))


def iter_queries(path: Path | str) -> Iterator[GeneratedQuery]:
    """As `read_queries`, one at a time; what is wrong with a row is raised when it is reached."""
    number = 0
    for row in query_rows(path):
        for query in queries_of(row):
            number += 1
            yield query
    if not number:
        raise XqgError(f"{path}: no generated query in it; make some with xqg generate")


def queries_of(row: Row) -> Iterator[GeneratedQuery]:
    """The one query of a row, or those of a row in the hub's layout."""
    where, values = row.where, row.values
    found = hub_queries(row) if is_hub_row(values) else [_query(where, values)]
    seed = 0 if values.get("seed") is None else values["seed"]
    for passage_id, language, text in found:
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise XqgError(f"{where}: 'seed' must be a whole number, not {seed!r}")
        generator = text_at(where, values, "generator", "unknown")
        yield GeneratedQuery(passage_id, language, text, seed, generator)


def _query(where: str, values: dict[str, Any]) -> tuple[str, str, str]:
    passage_id = text_at(where, values, "passage_id")
    language = text_at(where, values, "language")
    try:
        english_name(language)
    except XqgError as error:
        raise XqgError(f"{where}: {error}") from None
    return passage_id, language, text_at(where, values, "text")


def write_queries(path: Path | str, queries: Iterable[GeneratedQuery]) -> None:
    """Write generated queries as JSONL, the whole file or none of it."""
    with atomic_path(Path(path)) as temporary:
        temporary.write_text("".join(as_line(query) for query in queries), encoding="utf-8", newline="\n")


def as_line(query: GeneratedQuery) -> str:
    """A query as a line of JSON, line feed included."""
    return json.dumps(asdict(query), ensure_ascii=False) + "\n"


def queries_by_language(queries: Iterable[GeneratedQuery]) -> dict[str, dict[str, list[str]]]:
    """Language → passage id → texts, each in the order given; blank texts included."""
    found: dict[str, dict[str, list[str]]] = {}
    for query in queries:
        found.setdefault(query.language, {}).setdefault(query.passage_id, []).append(query.text)
    return found
