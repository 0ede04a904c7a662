"""Generated queries as records and as a JSONL file.

A line is `{"passage_id", "language", "text", "seed", "generator"}`; any number of lines per
passage and language. `seed` and `generator` may be absent from files made elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.generation.atomic import atomic_path
from xqg.passages.jsonl import rows, text_field
from xqg.passages.languages import english_name

__all__ = ["GeneratedQuery", "as_line", "queries_by_language", "read_queries", "write_queries"]


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

    Raises:
        XqgError: with file and line, for a missing field, a wrong type, an unknown language code,
            broken JSON; for a file without a query.
    """
    found = [_query(path, number, row) for number, row in rows(path, "generated queries")]
    if not found:
        raise XqgError(f"{path}: no generated query in it; make some with xqg generate")
    return found


def _query(path: Path | str, number: int, row: dict[str, Any]) -> GeneratedQuery:
    passage_id = text_field(path, number, row, "passage_id")
    language = text_field(path, number, row, "language")
    try:
        english_name(language)
    except XqgError as error:
        raise XqgError(f"{path}:{number}: {error}") from None
    text = text_field(path, number, row, "text")
    seed = row.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise XqgError(f"{path}:{number}: 'seed' must be a whole number, not {seed!r}")
    return GeneratedQuery(
        passage_id, language, text, seed, text_field(path, number, row, "generator", "unknown")
    )


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
