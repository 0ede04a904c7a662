"""Generated queries from whatever a caller has: a path, or the queries themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.queries.queries import GeneratedQuery, iter_queries, queries_of
from xqg.queries.query_files import Row

__all__ = ["QueriesLike", "as_queries"]

QueriesLike = (
    str
    | os.PathLike[str]
    | Iterable[GeneratedQuery | Mapping[str, Any]]
    | Mapping[str, Mapping[str, Sequence[str]]]
)
_WHAT = "`queries`"


def as_queries(queries: QueriesLike) -> Iterator[GeneratedQuery]:
    """Generated queries one at a time; what is wrong with one is raised when it is reached.

    Args:
        queries: a file (JSONL, Parquet) or a folder of them by its path; `GeneratedQuery`s, and
            dictionaries with the keys of a file's rows, in any iterable; or a dictionary language → passage
            id → texts.

    Raises:
        XqgError: nothing there, a malformed row; something else than these.
    """
    if isinstance(queries, str | os.PathLike):
        yield from iter_queries(Path(queries))
        return
    number = 0
    for number, one in enumerate(_rows(queries), start=1):
        if isinstance(one, GeneratedQuery):
            yield one
        elif isinstance(one, Mapping):
            yield from queries_of(Row(Path(_WHAT), f"{_WHAT}:{number}", dict(one)))
        else:
            raise XqgError(
                f"{_WHAT}:{number}: a {type(one).__name__}; each must be a GeneratedQuery, or a dictionary with "
                "passage_id, language and text"
            )
    if not number:
        raise XqgError(f"{_WHAT} holds no query; give one or more")


def _rows(queries: Any) -> Iterable[Any]:
    if isinstance(queries, Mapping) and all(map(_are_texts, queries.values())):
        return (
            {"passage_id": id_, "language": language, "text": text}
            for language, of in queries.items()
            for id_, texts in of.items()
            for text in texts
        )
    if isinstance(queries, GeneratedQuery | Mapping) or not isinstance(queries, Iterable):
        raise XqgError(
            f"{_WHAT} is a {type(queries).__name__}; give a path, a list of GeneratedQuery or of dictionaries, or a "
            "dictionary language → passage id → texts"
        )
    return queries


def _are_texts(of_passage: object) -> bool:
    """Whether this is passage id → list of texts; a lone text would be taken for its characters."""
    return isinstance(of_passage, Mapping) and all(isinstance(texts, list | tuple) for texts in of_passage.values())
