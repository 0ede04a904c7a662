"""All that an index is made of: checked, opened, loaded, and ready to be built, or to be sampled for a plan."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, check_alpha
from xqg.benchmarks import Benchmark
from xqg.checks import (
    check_flags,
    check_texts,
    checked_choice,
    checked_path,
    checked_text,
    checked_whole,
)
from xqg.door.query_sources import queries_of_pool
from xqg.door.sources import open_passages
from xqg.door.types import EncoderLike, GeneratorLike, PathLike
from xqg.encoding import as_encoder
from xqg.encoding.imported import ImportedVectors
from xqg.errors import XqgError
from xqg.index import GeneratedQueries, Generation, GivenQueries, StoredIndex, build_index
from xqg.index.build import segment_rows
from xqg.index.manifest import DEFAULT_ENGINE
from xqg.models import warn_untrained
from xqg.passages import Passage, PassageList, PassagesLike, PassageSource, as_languages
from xqg.progress import changing
from xqg.queries import PER_LANGUAGE, as_generator
from xqg.queries.filters import QueryFilter, parse_filters
from xqg.queries.generate import DEFAULT_BLOCK_SIZE
from xqg.queries.inputs import QueriesLike
from xqg.search.engines import check_engine

if TYPE_CHECKING:
    from typing_extensions import Required

    from xqg.augmentation import Fusion

__all__ = ["Blueprint", "Settings"]

logger = logging.getLogger(__name__)


class Settings(TypedDict, total=False):
    """The keyword arguments of `Index.build` and `Index.plan`: those of `Blueprint`, for type checkers."""

    encoder: Required[EncoderLike]
    generator: GeneratorLike | None
    queries: QueriesLike | None
    languages: str | Sequence[str] | None
    per_language: int | None
    seed: int | None
    alpha: float
    fusion: str | None
    filters: str | Sequence[str] | None
    engine: str
    vectors: PathLike | None
    ids: PathLike | None
    skip_bad: bool
    language_report: bool
    passage_language: str | None
    passage_length: int | None
    query_length: int | None
    data: PathLike | None
    block_size: int | None
    device: str | None
    dtype: str


class Blueprint:
    """All that an index is made of.

    Attributes:
        pool: the passages.
        encoder: loaded.
        queries: that are there; none where they are generated.
        generated: None where nothing is.
        alpha, fusion, filters, engine, vectors, skip_bad, language_report: as `build_index` takes them.
    """

    def __init__(
        self,
        passages: PassagesLike | Benchmark,
        *,
        encoder: EncoderLike,
        generator: GeneratorLike | None = None,
        queries: QueriesLike | None = None,
        languages: str | Sequence[str] | None = None,
        per_language: int | None = None,
        seed: int | None = None,
        alpha: float = DEFAULT_ALPHA,
        fusion: str | None = None,
        filters: str | Sequence[str] | None = None,
        engine: str = DEFAULT_ENGINE,
        vectors: PathLike | None = None,
        ids: PathLike | None = None,
        skip_bad: bool = False,
        language_report: bool = True,
        passage_language: str | None = None,
        passage_length: int | None = None,
        query_length: int | None = None,
        data: PathLike | None = None,
        block_size: int | None = None,
        device: str | None = None,
        dtype: str = "auto",
    ) -> None:
        """Check everything that can be checked, what is quick first, and load the models last.

        Args: see `Index.build`.

        Raises:
            XqgError: arguments that exclude each other or say nothing, malformed files, unknown models.
        """
        codes = None if languages is None else as_languages(languages)
        sampling = {"per_language": per_language, "seed": seed, "block_size": block_size}
        _check_sources(generator, queries, codes, filters, sampling)
        if (vectors is None) != (ids is None):
            raise XqgError(
                "`vectors` and `ids` go together: the vectors, and the passage id of each; give both"
            )
        _check_numbers(**sampling, passage_length=passage_length, query_length=query_length)
        check_flags(skip_bad=skip_bad, language_report=language_report)
        check_texts(
            passage_language=(passage_language, "en"), device=(device, "cpu"), dtype=(dtype, "float32")
        )
        self.alpha = check_alpha(alpha)
        self.fusion: Fusion | None = None if fusion is None else checked_choice("fusion", fusion, FUSIONS)
        self.filters = _filters(filters)
        self.engine = checked_text("engine", engine, "Flat")
        self.skip_bad, self.language_report = skip_bad, language_report
        opened = open_passages(passages, data, passage_language, skip_bad=skip_bad)
        self.pool = opened.passages
        _warn_bad(passages, self.pool)
        self.queries = queries_of_pool(queries, codes, self.pool)
        self.vectors = _vectors(vectors, ids, self.pool)
        self.encoder = as_encoder(
            encoder,
            device=device,
            dtype=dtype,
            passage_length=passage_length or opened.passage_length,
            query_length=query_length,
        )
        self._check_encoder(vectors)
        warn_untrained(
            "encoder",
            self.encoder.name,
            self.encoder.languages,
            [*self.pool.languages, *self.queries.queries, *(codes or ())],
        )
        self.generated: GeneratedQueries | None = None
        if generator is not None:
            self.generated = GeneratedQueries(
                as_generator(generator, device=device, dtype=dtype),
                self.encoder,
                codes or (),
                per_language=per_language or PER_LANGUAGE,
                seed=seed or 0,
                block_size=block_size or DEFAULT_BLOCK_SIZE,
            )

    @property
    def generation(self) -> Generation:
        """What the queries say of themselves."""
        return self.queries.generation if self.generated is None else self.generated.generation

    @property
    def block_size(self) -> int:
        """Passages sampled as one batch."""
        return self.generation.block_size

    @property
    def queries_each(self) -> float:
        """Queries that a passage waits for, on average; 0 where a filter has them all made before."""
        if any(one.needs != "texts" for one in self.filters):
            return 0.0
        if self.generated is not None:
            return float((self.generation.per_language or 0) * len(self.generated.languages))
        return self.queries.number / len(self.pool)

    def build(self, out: Path) -> StoredIndex:
        """The index, in a new folder."""
        return self._build(self.pool, self.generated or self.queries.source(), out, None)

    def build_part(self, passages: Sequence[Passage], out: Path) -> StoredIndex:
        """An index of some of the passages, made in segments as long as the whole's."""
        source = self.generated or self.queries.source([passage.id for passage in passages])
        return self._build(PassageList(passages), source, out, segment_rows(len(self.pool), self.block_size))

    def _build(
        self, pool: PassageSource, source: GeneratedQueries | GivenQueries, out: Path, segment: int | None
    ) -> StoredIndex:
        with changing(self.queries_each) as progress:
            return build_index(
                pool,
                self.encoder,
                out,
                queries=source,
                alpha=self.alpha,
                fusion=self.fusion,
                filters=self.filters,
                language_report=self.language_report,
                vectors=self.vectors,
                engine=self.engine,
                skip_bad=self.skip_bad,
                segment=segment,
                progress=progress,
            )

    def _check_encoder(self, vectors: PathLike | None) -> None:
        """Refuse vectors and an engine that do not fit the encoder."""
        encoder = self.encoder
        if self.vectors is not None and self.vectors.dimension != encoder.dimension:
            raise XqgError(
                f"{vectors}: vectors of {self.vectors.dimension} dimensions, but encoder {encoder.name} has "
                f"{encoder.dimension}; name the encoder that they were made with"
            )
        check_engine(self.engine, encoder.dimension, len(self.pool))


def _check_sources(
    generator: GeneratorLike | None,
    queries: QueriesLike | None,
    codes: list[str] | None,
    filters: Any,
    sampling: dict[str, Any],
) -> None:
    """Refuse arguments that say two things, or would say nothing."""
    if generator is not None and queries is not None:
        raise XqgError("`generator` and `queries` exclude each other; give one of them")
    if generator is not None:
        if codes is None:
            raise XqgError("`generator` needs `languages` to generate in, such as ja,ru")
        return
    if queries is None:
        for name, value in (("languages", codes), ("filters", filters)):
            if value is not None:
                raise XqgError(f"`{name}` says which generated queries; give `generator` or `queries` too")
    for name, value in sampling.items():
        if value is not None:
            raise XqgError(f"`{name}` is for generating; give `generator` with it, or leave it out")


def _check_numbers(**numbers: Any) -> None:
    for name, value in numbers.items():
        if value is not None:
            checked_whole(name, value, least=None if name == "seed" else 1)


def _filters(filters: str | Sequence[str] | None) -> tuple[QueryFilter, ...]:
    if filters is None:
        return ()
    if not isinstance(filters, str):
        if not isinstance(filters, Sequence) or not all(isinstance(one, str) for one in filters):
            raise XqgError(f"`filters` is {filters!r}; give texts such as 'language,best:0.7'")
        filters = ",".join(filters)
    return parse_filters(filters)


def _warn_bad(passages: Any, pool: PassageSource) -> None:
    if pool.bad:
        first = pool.bad[0]
        name = passages if isinstance(passages, str | os.PathLike) else "passages"
        logger.warning(
            "%s: %d bad rows are left out, the first in line %d: %s",
            name,
            len(pool.bad),
            first.line,
            first.reason,
        )


def _vectors(vectors: PathLike | None, ids: PathLike | None, pool: PassageSource) -> ImportedVectors | None:
    """The vectors, one for each passage.

    Raises:
        XqgError: files that do not fit each other, a passage without a vector.
    """
    if vectors is None or ids is None:
        return None
    found = ImportedVectors.open(checked_path("vectors", vectors), checked_path("ids", ids))
    for passage in pool:
        if passage.id not in found:
            raise XqgError(f"{ids}: no vector for passage {passage.id!r}; add it here and to {vectors}")
    return found
