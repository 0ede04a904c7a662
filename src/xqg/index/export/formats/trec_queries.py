"""Generated queries for TREC tools: `queries.LANG.tsv`, `qrels.LANG.txt`; and `queries.jsonl` for `--queries`."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from xqg.errors import XqgError
from xqg.index.export.request import Format, Query, Request, plain_id, queries
from xqg.index.index import StoredIndex
from xqg.queries import GeneratedQuery
from xqg.queries.queries import as_line

__all__ = ["TREC_QUERIES"]


def _write(index: StoredIndex, folder: Path, request: Request) -> str:
    """Write queries language by language; blank ones are in `queries.jsonl` alone.

    Raises:
        XqgError: no generated queries, an id with white space.
    """
    languages = index.languages if request.languages is None else request.languages
    if not languages:
        raise XqgError(f"{index.path}: no generated queries are stored; export it as beir, npy or faiss")
    written = {}
    with (folder / "queries.jsonl").open("w", encoding="utf-8", newline="\n") as every:
        for language in languages:
            written[language] = _language(index, folder, language, every)
    told = ", ".join(f"{language} {number}" for language, number in written.items())
    return f"{sum(written.values())} generated queries ({told})"


def _language(index: StoredIndex, folder: Path, language: str, every: TextIO) -> int:
    generation = index.manifest.generation
    generator = generation.generators[0] if len(generation.generators) == 1 else "unknown"
    topics, judged = folder / f"queries.{language}.tsv", folder / f"qrels.{language}.txt"
    written = 0
    with (
        topics.open("w", encoding="utf-8", newline="\n") as texts,
        judged.open("w", encoding="utf-8", newline="\n") as qrels,
    ):
        for query in queries(index, language):
            made = GeneratedQuery(query.passage_id, language, query.text, generation.seed or 0, generator)
            every.write(as_line(made))
            if not query.blank:
                passage_id = plain_id(index, query.passage_id)
                texts.write(f"{query.id}\t{_one_line(query)}\n")
                qrels.write(f"{query.id} 0 {passage_id} 1\n")
                written += 1
    return written


def _one_line(query: Query) -> str:
    """The text with spaces for tabs and line breaks."""
    return " ".join(query.text.replace("\t", " ").splitlines())


TREC_QUERIES = Format(_write, vectors=False)
