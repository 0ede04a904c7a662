"""A BEIR folder (Thakur et al. 2021): `corpus.jsonl`, and generated queries as questions judged relevant.

`xqg index FOLDER` reads it back. Each generated query that is not blank is a question of
`queries.jsonl`; `qrels/generated.tsv` has its passage as the relevant one: training data as in GenQ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.export.request import Format, Request, plain_id, queries
from xqg.index.index import StoredIndex
from xqg.index.store import read_batches

__all__ = ["BEIR"]

HEADER = "query-id\tcorpus-id\tscore\n"


def _write(index: StoredIndex, folder: Path, request: Request) -> str:
    """Write passages with their fields, and queries where there are any; row by row.

    Raises:
        XqgError: an id with white space, a field named `_id`, which BEIR has for the id.
    """
    if "_id" in index.fields:
        raise XqgError(
            f"{index.path}: has a field '_id', as BEIR calls the id itself; build it with another name"
        )
    with _new(folder / "corpus.jsonl") as corpus:
        for row in _rows(index):
            corpus.write(json.dumps(row, ensure_ascii=False) + "\n")
    languages = index.languages if request.languages is None else request.languages
    written = _queries(index, folder, languages) if languages else 0
    return f"{len(index)} passages, {written} generated queries as questions"


def _rows(index: StoredIndex) -> Iterator[dict[str, Any]]:
    """Passages as objects of `corpus.jsonl`; a field without a value is left out."""
    fields = list(index.fields)
    for batch in read_batches(index.dataset, [*columns.TEXTS, *fields], index.path):
        for row in batch.to_pylist():
            texts = {"_id": plain_id(index, row["id"]), **{name: row[name] for name in columns.TEXTS[1:]}}
            yield {**texts, **{name: row[name] for name in fields if row[name] is not None}}


def _queries(index: StoredIndex, folder: Path, languages: tuple[str, ...]) -> int:
    written = 0
    (folder / "qrels").mkdir()
    with _new(folder / "queries.jsonl") as asked, _new(folder / "qrels" / "generated.tsv") as judged:
        judged.write(HEADER)
        for language in languages:
            for query in queries(index, language):
                if query.blank:
                    continue
                row = {"_id": query.id, "text": query.text, "language": language}
                asked.write(json.dumps(row, ensure_ascii=False) + "\n")
                judged.write(f"{query.id}\t{query.passage_id}\t1\n")
                written += 1
    return written


def _new(path: Path) -> Any:
    return path.open("w", encoding="utf-8", newline="\n")


BEIR = Format(_write, vectors=False)
