"""Where an index's generated queries come from: given ones, or a generator."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.manifest import Generation
from xqg.passages import Passage
from xqg.queries.query_store import QueryStore

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.queries import Generator

__all__ = ["NO_QUERIES", "GeneratedQueries", "GivenQueries", "Queries", "QuerySource", "merged_generation"]

Queries = Mapping[str, Mapping[str, Sequence[str]]]  # language -> passage id -> texts


class QuerySource(Protocol):
    """Asked for the queries of one block of passages at a time."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Sorted: the order in which sums are stored and added."""
        ...

    @property
    def generation(self) -> Generation:
        """What the manifest says of them."""
        ...

    @property
    def workers(self) -> int:
        """How many blocks can be asked for at the same time, each in a thread of its own."""
        ...

    def settings(self) -> dict[str, Any]:
        """What the queries depend on, JSON values only."""
        ...

    def check_passages(self, ids: Iterable[str]) -> None:
        """Raise XqgError for queries of passages that are not among `ids`."""
        ...

    def texts(
        self, passages: Sequence[Passage], block: int, folder: Path, advance: Callable[[int], None]
    ) -> dict[str, list[list[str]]]:
        """Language → one list of texts a passage.

        Args:
            passages: those of the block, which has the number `block`.
            folder: what takes long to make is kept there and found there again.
            advance: told the number of queries as they are made.
        """
        ...


class GivenQueries:
    """Queries that are there already."""

    workers = 1

    def __init__(
        self, queries: Queries, generation: Generation | None = None, *, checked: bool = False
    ) -> None:
        """Take `queries` as they are.

        Args:
            checked: all are known to be for the passages, which need not be gone through again.

        Raises:
            XqgError: an unknown language, or one in two spellings.
        """
        self.languages = tuple(columns.check_languages(list(queries)))
        self.generation = Generation() if generation is None else generation
        self._queries = queries
        self._checked = checked

    def settings(self) -> dict[str, Any]:
        """A hash of all of them."""
        return {"queries": _digest(self._queries, self.languages), "languages": list(self.languages)}

    def check_passages(self, ids: Iterable[str]) -> None:
        """See `QuerySource`."""
        known: set[str] | None = None
        for language in () if self._checked else self.languages:
            if known is None and self._queries[language]:
                known = set(ids)
            for id_ in self._queries[language]:
                if id_ not in (known or ()):
                    raise XqgError(
                        f"generated queries ({language}) for passage {id_!r}, which is not among the passages; "
                        "use queries made for these passages"
                    )

    def texts(
        self, passages: Sequence[Passage], block: int, folder: Path, advance: Callable[[int], None]
    ) -> dict[str, list[list[str]]]:
        """See `QuerySource`; a passage may have none."""
        found = {
            language: [list(self._queries[language].get(passage.id, ())) for passage in passages]
            for language in self.languages
        }
        advance(sum(len(texts) for rows in found.values() for texts in rows))
        return found


def _digest(queries: Queries, languages: Sequence[str]) -> str:
    """SHA-256, in hex; what is kept in a file was hashed when it was read."""
    if isinstance(queries, QueryStore):
        return queries.digest
    digest = hashlib.sha256()
    for language in languages:
        for id_, texts in queries[language].items():
            digest.update(json.dumps([language, id_, list(texts)]).encode())
    return digest.hexdigest()


NO_QUERIES = GivenQueries({})


class GeneratedQueries:
    """Queries that a generator writes as they are asked for, n a passage and language."""

    def __init__(
        self,
        generator: Generator,
        encoder: Encoder,
        languages: Sequence[str],
        *,
        per_language: int = 5,
        seed: int = 0,
        block_size: int = 64,
    ) -> None:
        """Nothing is made yet; the generator reads of a passage what the encoder reads.

        Raises:
            XqgError: an unknown language, or one in two spellings.
        """
        self.languages = tuple(columns.check_languages(languages))
        self.generation = Generation(
            generators=(generator.name,),
            fingerprint=generator.fingerprint,
            prompt=generator.prompt,
            seed=seed,
            per_language=per_language,
            block_size=block_size,
            dtype=str(getattr(generator, "dtype", "float32")),  # not every generator has a choice
        )
        self.workers: int = getattr(generator, "workers", 1)
        self._generator = generator
        self._encoder = encoder
        self._reading = threading.Lock()  # the encoder's tokenizer is set to a length, and back

    def settings(self) -> dict[str, Any]:
        """The generator's identity and how it samples."""
        one = self.generation
        return {
            "generator": one.generators[0],
            "generator_hash": one.fingerprint,
            "prompt": one.prompt,
            "seed": one.seed,
            "languages": list(self.languages),
            "per_language": one.per_language,
            "block_size": one.block_size,
            "generator_dtype": one.dtype,
        }

    def check_passages(self, ids: Iterable[str]) -> None:
        """See `QuerySource`: they are made for these very passages."""

    def texts(
        self, passages: Sequence[Passage], block: int, folder: Path, advance: Callable[[int], None]
    ) -> dict[str, list[list[str]]]:
        """See `QuerySource`."""
        from xqg.queries import generate

        one = self.generation
        n = one.per_language or 1
        with self._reading:
            visible = self._encoder.visible_prefix([passage.full_text for passage in passages])
        made = generate(
            passages,
            visible,
            self._generator,
            dict.fromkeys(self.languages, n),
            seed=one.seed or 0,
            block_size=one.block_size,
            first_block=block,
            folder=folder / str(block),
            advance=advance,
        )
        found: dict[str, list[list[str]]] = {}
        for start in range(0, len(made), n):
            texts = [query.text for query in made[start : start + n]]
            found.setdefault(made[start].language, []).append(texts)
        return found


def merged_generation(before: Generation, new: Generation) -> Generation:
    """What an index says of its queries once those of another source are added."""
    if before == new:
        return before
    same: dict[str, Any] = {
        name: getattr(before, name) if getattr(before, name) == getattr(new, name) else None
        for name in ("fingerprint", "prompt", "seed", "per_language", "dtype")
    }
    generators = tuple(sorted({*before.generators, *new.generators}))
    return replace(before, generators=generators, **same)
