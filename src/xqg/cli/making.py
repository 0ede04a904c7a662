"""What `index` and `plan` share: flags checked, passages opened, models loaded, ready to be built."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.cli import options
from xqg.cli.given import Given, read_given
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.augmentation import Fusion
    from xqg.encoding import Encoder
    from xqg.encoding.imported import ImportedVectors
    from xqg.index import GeneratedQueries, Generation, GivenQueries, StoredIndex
    from xqg.passages import Passage, PassageSource
    from xqg.progress import Listener
    from xqg.queries.filter import QueryFilter

__all__ = ["Asked", "Making", "set_up"]

PER_LANGUAGE = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """The flags, as they were given."""

    passages: str
    encoder: str
    generator: str | None
    queries: Path | None
    languages: str | None
    per_language: int | None
    seed: int | None
    block_size: int | None
    alpha: float
    fusion: str | None
    filters: str | None
    engine: str
    vectors: Path | None
    ids: Path | None
    skip_bad: bool
    no_language_report: bool
    passage_language: str | None
    passage_length: int | None
    query_length: int | None
    data: Path | None
    device: str | None
    dtype: str


@dataclass(frozen=True)
class Making:
    """All that an index is built from.

    Attributes:
        given: queries that were read from a file; none where they are generated.
    """

    asked: Asked
    pool: PassageSource
    encoder: Encoder
    fusion: Fusion | None
    filters: tuple[QueryFilter, ...]
    vectors: ImportedVectors | None
    generated: GeneratedQueries | None
    given: Given

    @property
    def generation(self) -> Generation:
        """What the queries say of themselves."""
        return self.given.generation if self.generated is None else self.generated.generation

    @property
    def left_out(self) -> int:
        """Queries of the file for passages whose rows are bad."""
        return self.given.left_out

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
        return self.given.number / len(self.pool)

    def build(self, out: Path, progress: Listener | None = None) -> StoredIndex:
        """The index."""
        return self._build(self.pool, self._source(None), out, None, progress)

    def build_part(self, passages: Sequence[Passage], out: Path, progress: Listener | None = None) -> StoredIndex:
        """An index of some of the passages, made in segments as long as the whole's."""
        from xqg.index.build import segment_rows
        from xqg.passages import PassageList

        rows = segment_rows(len(self.pool), self.block_size)
        return self._build(PassageList(passages), self._source(passages), out, rows, progress)

    def _source(self, passages: Sequence[Passage] | None) -> GeneratedQueries | GivenQueries:
        """Where queries come from; given ones of these passages only (None: of all)."""
        from xqg.index import GivenQueries

        if self.generated is not None:
            return self.generated
        if passages is None:
            return GivenQueries(self.given.queries, self.generation)
        chosen = {
            code: {one.id: found[one.id] for one in passages if one.id in found}
            for code, found in self.given.queries.items()
        }
        return GivenQueries(chosen, self.generation)

    def _build(
        self,
        pool: PassageSource,
        source: GeneratedQueries | GivenQueries,
        out: Path,
        segment: int | None,
        progress: Listener | None,
    ) -> StoredIndex:
        from xqg.index import build_index

        return build_index(
            pool,
            self.encoder,
            out,
            queries=source,
            alpha=self.asked.alpha,
            fusion=self.fusion,
            filters=self.filters,
            language_report=not self.asked.no_language_report,
            vectors=self.vectors,
            engine=self.asked.engine,
            skip_bad=self.asked.skip_bad,
            segment=segment,
            progress=progress,
        )


def set_up(asked: Asked) -> Making:
    """Check everything that can be checked, what is quick first, and load the models last.

    Raises:
        XqgError: flags that exclude each other or say nothing, malformed files, unknown models.
    """
    from xqg.cli.inputs import open_pool
    from xqg.encoding import load_encoder
    from xqg.models import warn_untrained
    from xqg.queries.filters import parse_filters

    codes = _check_flags(asked)
    options.check_alpha(asked.alpha)
    fusion = options.check_fusion(asked.fusion)
    filters = () if asked.filters is None else parse_filters(asked.filters)
    pool, fixed_length = open_pool(asked.passages, asked.data, asked.passage_language, asked.skip_bad)
    if pool.bad:
        first = pool.bad[0]
        logger.warning(
            "%s: %d bad rows are left out, the first in line %d: %s",
            asked.passages, len(pool.bad), first.line, first.reason,
        )  # fmt: skip
    given = read_given(asked.queries, codes, pool)
    vectors = _vectors(asked.vectors, asked.ids, pool)
    lengths = {"passage_length": asked.passage_length or fixed_length, "query_length": asked.query_length}
    encoder = load_encoder(asked.encoder, device=asked.device, dtype=asked.dtype, **lengths)
    if vectors is not None and vectors.dimension != encoder.dimension:
        raise XqgError(
            f"{asked.vectors}: vectors of {vectors.dimension} dimensions, but encoder {encoder.name} has "
            f"{encoder.dimension}; name the encoder that they were made with"
        )
    _check_engine(asked.engine, encoder.dimension, len(pool))
    spoken = [*pool.languages, *given.queries, *(codes or ())]
    warn_untrained("encoder", encoder.name, encoder.languages, spoken)
    generated = _generated(asked, codes, encoder)
    return Making(asked, pool, encoder, fusion, filters, vectors, generated, given)


def _check_flags(asked: Asked) -> list[str] | None:
    """Refuse flags that say two things, or would say nothing; the languages named."""
    from xqg.passages import parse_languages

    codes = None if asked.languages is None else parse_languages(asked.languages)
    options.check_one_source(asked.generator, asked.queries)
    if asked.generator is not None and codes is None:
        raise XqgError("--generator needs --languages to generate in, such as ja,ru")
    if asked.generator is None:
        if asked.queries is None:
            for flag, text in (("languages", asked.languages), ("filter", asked.filters)):
                if text is not None:
                    raise XqgError(f"--{flag} says which generated queries; give --generator or --queries too")
        for flag, value in (
            ("per-language", asked.per_language),
            ("seed", asked.seed),
            ("block-size", asked.block_size),
        ):
            if value is not None:
                raise XqgError(f"--{flag} is for generating; give --generator with it, or leave it out")
    if (asked.vectors is None) != (asked.ids is None):
        raise XqgError("--vectors and --ids go together: the vectors, and the passage id of each; give both")
    return codes


def _vectors(vectors: Path | None, ids: Path | None, pool: PassageSource) -> ImportedVectors | None:
    """The vectors, one for each passage.

    Raises:
        XqgError: files that do not fit each other, a passage without a vector.
    """
    from xqg.encoding.imported import ImportedVectors

    if vectors is None or ids is None:
        return None
    found = ImportedVectors.open(vectors, ids)
    for passage in pool:
        if passage.id not in found:
            raise XqgError(f"{ids}: no vector for passage {passage.id!r}; add it here and to {vectors}")
    return found


def _check_engine(engine: str, dimension: int, rows: int) -> None:
    from xqg.search.engines import check_engine

    check_engine(engine, dimension, rows)


def _generated(asked: Asked, codes: list[str] | None, encoder: Encoder) -> GeneratedQueries | None:
    from xqg.index import GeneratedQueries
    from xqg.queries import load_generator
    from xqg.queries.generate import DEFAULT_BLOCK_SIZE

    if asked.generator is None:
        return None
    return GeneratedQueries(
        load_generator(asked.generator, device=asked.device, dtype=asked.dtype),
        encoder,
        codes or (),
        per_language=asked.per_language or PER_LANGUAGE,
        seed=asked.seed or 0,
        block_size=asked.block_size or DEFAULT_BLOCK_SIZE,
    )
