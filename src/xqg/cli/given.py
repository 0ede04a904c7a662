"""Generated queries that come from a file: chosen, checked against the passages, described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.index import Generation
    from xqg.passages import PassageSource
    from xqg.queries import GeneratedQuery

__all__ = ["Given", "read_given"]


@dataclass(frozen=True)
class Given:
    """A file's queries, and what they say of themselves.

    Attributes:
        queries: language → passage id → texts.
        number: of all queries.
        left_out: queries for passages whose rows are bad.
    """

    queries: Mapping[str, Mapping[str, Sequence[str]]]
    generation: Generation
    number: int = 0
    left_out: int = 0


def read_given(path: Path | None, codes: list[str] | None, pool: PassageSource) -> Given:
    """The file's queries in the languages asked for (None: all of its), which stay on the disk.

    Raises:
        XqgError: a malformed file, a language that it lacks, a passage that is not in the pool.
    """
    from xqg.index import Generation
    from xqg.queries.query_store import QueryStore

    if path is None:
        return Given({}, Generation())
    reading = _Reading(path, codes, {passage.id for passage in pool})
    store = QueryStore(reading.known())
    for code in codes or ():
        if code not in reading.languages:
            have = ", ".join(sorted(reading.languages))
            raise XqgError(f"{path}: no query in {code!r}; choose --languages from {have}")
    if reading.stray is not None and not pool.bad:  # a bad row may have any id
        raise XqgError(
            f"{path}: queries for passage {reading.stray!r}, which is not among the passages; "
            "use queries made for these passages"
        )
    generation = Generation(
        generators=tuple(sorted(reading.generators)),
        seed=reading.seeds.pop() if len(reading.seeds) == 1 else None,
        per_language=store.per_passage if store.passages == len(pool) else None,
    )
    return Given(store, generation, store.queries, reading.left_out)


@dataclass
class _Reading:
    """What is seen on the way through a file.

    Attributes:
        ids: of the pool.
        languages: all of the file's.
        stray: the first passage that is not in the pool.
    """

    path: Path
    codes: list[str] | None
    ids: set[str]
    languages: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    seeds: set[int] = field(default_factory=set)
    left_out: int = 0
    stray: str | None = None

    def known(self) -> Iterator[GeneratedQuery]:
        """The queries that are wanted, for passages of the pool."""
        from xqg.queries.queries import iter_queries

        for query in iter_queries(self.path):
            self.languages.add(query.language)
            if self.codes is not None and query.language not in self.codes:
                continue
            if query.passage_id not in self.ids:
                self.left_out += 1
                self.stray = query.passage_id if self.stray is None else self.stray
                continue
            self.generators.add(query.generator)
            self.seeds.add(query.seed)
            yield query
