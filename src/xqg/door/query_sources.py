"""Where the generated queries of an index come from: queries that are there, or a generator that writes them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xqg.door.types import GeneratorLike
from xqg.encoding.adapted import OBJECT
from xqg.errors import XqgError
from xqg.index import GeneratedQueries, Generation, GivenQueries, StoredIndex
from xqg.passages import PassageSource
from xqg.queries import PER_LANGUAGE, GeneratedQuery, as_generator
from xqg.queries.inputs import QueriesLike, as_queries
from xqg.queries.query_store import QueryStore

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["QueriesOfPool", "like_the_others", "queries_of_pool", "written_queries"]


@dataclass(frozen=True)
class QueriesOfPool:
    """Queries that are there for the passages of a pool, and what they say of themselves.

    Attributes:
        name: of their file, for messages.
        queries: language → passage id → texts.
        number: of all queries.
        left_out: queries for passages whose rows are bad.
    """

    name: str = ""
    queries: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    generation: Generation = field(default_factory=Generation)
    number: int = 0
    left_out: int = 0

    def source(self, ids: Sequence[str] | None = None) -> GivenQueries:
        """All of them as an index takes them, or those of some passages."""
        if ids is None:
            return GivenQueries(self.queries, self.generation, checked=True)
        chosen = {
            code: {id_: found[id_] for id_ in ids if id_ in found} for code, found in self.queries.items()
        }
        return GivenQueries(chosen, self.generation, checked=True)


def queries_of_pool(queries: QueriesLike | None, codes: list[str] | None, pool: PassageSource) -> QueriesOfPool:
    """The queries in some languages (None: all of theirs), kept on the disk; None for the queries: there are none.

    Raises:
        XqgError: a malformed row, a language that they lack, a passage that is not in the pool.
    """
    if queries is None:
        return QueriesOfPool()
    seen = _Seen(codes, {passage.id for passage in pool})
    store = QueryStore(seen.wanted(queries))
    name = _name(queries)
    _check_has(codes, seen.languages, name)
    if seen.stray is not None and not pool.bad:  # a bad row may have any id
        raise XqgError(
            f"{name}: queries for passage {seen.stray!r}, which is not among the passages; "
            "use queries made for these passages"
        )
    generation = Generation(
        generators=tuple(sorted(seen.generators)),
        seed=seen.seeds.pop() if len(seen.seeds) == 1 else None,
        per_language=store.per_passage if store.passages == len(pool) else None,
    )
    return QueriesOfPool(name, store, generation, store.queries, seen.left_out)


def written_queries(queries: QueriesLike, index: StoredIndex, codes: Sequence[str] | None) -> GivenQueries:
    """Queries that are there for an index, in some languages (None: all of theirs), kept on the disk.

    Raises:
        XqgError: a malformed row, a language that they lack.
    """
    seen = _Seen(codes)
    store = QueryStore(seen.wanted(queries))
    _check_has(codes, seen.languages, _name(queries))
    generators = (_name(queries),) if isinstance(queries, str | os.PathLike) else tuple(sorted(seen.generators))
    return GivenQueries(store, Generation(generators, block_size=index.manifest.generation.block_size))


@dataclass
class _Seen:
    """What is seen on the way through queries.

    Attributes:
        ids: of the passages that they may be for; None: that is checked later.
        languages: of all queries.
        generators, seeds: of those that are taken.
        stray: the first passage that is not among the ids.
    """

    codes: Sequence[str] | None
    ids: set[str] | None = None
    languages: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    seeds: set[int] = field(default_factory=set)
    left_out: int = 0
    stray: str | None = None

    def wanted(self, queries: QueriesLike) -> Iterator[GeneratedQuery]:
        """Those in the languages asked for, for the passages."""
        for query in as_queries(queries):
            self.languages.add(query.language)
            if self.codes is not None and query.language not in self.codes:
                continue
            if self.ids is not None and query.passage_id not in self.ids:
                self.left_out += 1
                self.stray = query.passage_id if self.stray is None else self.stray
                continue
            self.generators.add(query.generator)
            self.seeds.add(query.seed)
            yield query


def like_the_others(
    index: StoredIndex,
    encoder: Encoder,
    languages: Sequence[str],
    *,
    generator: GeneratorLike | None = None,
    per_language: int | None = None,
    seed: int | None = None,
    device: str | None = None,
) -> GeneratedQueries:
    """Queries of the index's own generator, sampled as its others were; or of the one given.

    Raises:
        XqgError: the index does not say by which generator, and none is given; it cannot be loaded.
    """
    before = index.generation
    wanted = generator or (before.generators[0] if before.fingerprint else None)
    if wanted is None:
        raise XqgError(
            f"{index.path}: does not say which generator to use; give `generator` MODEL, or the queries as a file "
            "(`queries`)"
        )
    if generator is None and str(before.fingerprint).startswith(OBJECT):
        raise XqgError(
            f"{index.path}: its queries were written by the object {wanted}, which no name loads; give it as `generator`"
        )
    same = generator is None or generator in before.generators  # another one has number types of its own
    return GeneratedQueries(
        as_generator(wanted, device=device, dtype=before.dtype or "auto" if same else "auto"),
        encoder,
        languages,
        per_language=per_language or before.per_language or PER_LANGUAGE,
        seed=before.seed or 0 if seed is None else seed,
        block_size=before.block_size,
    )


def _check_has(codes: Sequence[str] | None, languages: set[str], name: str) -> None:
    for code in codes or ():
        if code not in languages:
            raise XqgError(f"{name}: no query in {code!r}; choose `languages` from {', '.join(sorted(languages))}")


def _name(queries: QueriesLike) -> str:
    return str(queries) if isinstance(queries, str | os.PathLike) else "`queries`"
