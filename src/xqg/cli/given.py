"""Generated queries that come from a file: chosen, checked against the passages, described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.generation import GeneratedQuery
    from xqg.index import GeneratedQueries, Generation
    from xqg.passages import PassageSource

__all__ = ["described", "read_given"]


def read_given(path: Path | None, codes: list[str] | None, pool: PassageSource) -> tuple[list[GeneratedQuery], int]:
    """The file's queries in the languages asked for, and how many are for passages whose rows are bad.

    Raises:
        XqgError: a malformed file, a language that it lacks, a passage that is not in the pool.
    """
    from xqg.generation import read_queries

    if path is None:
        return [], 0
    found = read_queries(path)
    have = {query.language for query in found}
    for code in codes or ():
        if code not in have:
            raise XqgError(f"{path}: no query in {code!r}; choose --languages from {', '.join(sorted(have))}")
    found = [query for query in found if codes is None or query.language in codes]
    ids = {passage.id for passage in pool}
    known = [query for query in found if query.passage_id in ids]
    if len(known) < len(found) and not pool.bad:  # a bad row may have any id
        stray = next(query.passage_id for query in found if query.passage_id not in ids)
        raise XqgError(
            f"{path}: queries for passage {stray!r}, which is not among the passages; "
            "use queries made for these passages"
        )
    return known, len(found) - len(known)


def described(
    queries: Sequence[GeneratedQuery], pool: PassageSource, generated: GeneratedQueries | None
) -> tuple[Mapping[str, Mapping[str, Sequence[str]]], Generation]:
    """A file's queries by language and passage, and what all queries say of themselves."""
    from xqg.generation import queries_by_language
    from xqg.index import Generation

    if generated is not None:
        return {}, generated.generation
    if not queries:
        return {}, Generation()
    seeds = {query.seed for query in queries}
    numbers = Counter((query.language, query.passage_id) for query in queries)
    # Counter gives 0 for a passage without queries in a language: then n differs.
    languages = {query.language for query in queries}
    counts = {numbers[code, passage.id] for passage in pool for code in languages}
    return queries_by_language(queries), Generation(
        generators=tuple(sorted({query.generator for query in queries})),
        seed=seeds.pop() if len(seeds) == 1 else None,
        per_language=counts.pop() if len(counts) == 1 else None,
    )
