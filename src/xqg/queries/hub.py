"""The layout of the authors' generated queries on the hub: a row holds a passage's queries.

`{"docid": …, "generated_queries": {"ja": […], "ru": […]}}`, or with a list for one language, which
the row's `language` or `lang` names, else the file's name (`ja.jsonl`, `queries.ja.parquet`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.languages import english_name
from xqg.passages.lines import text_at
from xqg.queries.query_files import Row

__all__ = ["hub_queries", "is_hub_row"]

_QUERIES = "generated_queries"


def is_hub_row(values: Mapping[str, Any]) -> bool:
    """Whether a row's keys are of this layout; a Parquet row has every column, some without a value."""
    return any(values.get(key) is not None for key in ("docid", _QUERIES))


def hub_queries(row: Row) -> Iterator[tuple[str, str, str]]:
    """(passage id, language, text) of each query of a row; blank texts are kept.

    Raises:
        XqgError: names the row: no `docid`, queries that are no lists of strings, a language that is
            unknown or that nothing names.
    """
    id_ = text_at(row.where, row.values, "docid")
    for language, texts in _by_language(row).items():
        if not isinstance(texts, list):
            kind = type(texts).__name__
            raise XqgError(f"{row.where}: {_QUERIES!r} in {language} must be a list of strings, not {kind}")
        for number, text in enumerate(texts, start=1):
            name = f"{language} query {number}"
            yield id_, language, text_at(row.where, {name: text}, name)


def _by_language(row: Row) -> dict[str, Any]:
    queries = row.values.get(_QUERIES)
    if queries is None:
        raise XqgError(f"{row.where}: no {_QUERIES!r}; every row with a docid needs them")
    if isinstance(queries, list):
        if not queries:
            return {}
        if not isinstance(queries[0], tuple):
            return {_language(row): queries}
        queries = dict(queries)  # a Parquet map comes as a list of pairs
    if not isinstance(queries, dict):
        kind = type(queries).__name__
        raise XqgError(f"{row.where}: {_QUERIES!r} must be lists by language, or one list, not {kind}")
    for code in queries:
        _check_code(row.where, text_at(row.where, {"language": code}, "language"))
    # A Parquet struct names every language in every row.
    return {code: texts for code, texts in queries.items() if texts is not None}


def _language(row: Row) -> str:
    """The language of a row with one list."""
    for key in ("language", "lang"):
        if row.values.get(key) is not None:
            code = text_at(row.where, row.values, key)
            _check_code(row.where, code)
            return code
    named = _named_by(row.path)
    if named is None:
        raise XqgError(
            f"{row.where}: no language; give the row a 'language', or name the file for it, such as ja.jsonl"
        )
    return named


def _named_by(path: Path) -> str | None:
    """The last part of a file's name, its endings aside, where that is a language code."""
    parts = [part for part in path.name.split(".") if part not in ("gz", "json", "jsonl", "parquet")]
    # Only the last: `my.queries.jsonl` is not in Burmese.
    return parts[-1] if parts and _is_code(parts[-1]) else None


def _is_code(text: str) -> bool:
    try:
        english_name(text)
    except XqgError:
        return False
    return True


def _check_code(where: str, code: str) -> None:
    try:
        english_name(code)
    except XqgError as error:
        raise XqgError(f"{where}: {error}") from None
