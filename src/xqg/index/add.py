"""Adding passages to an index: new rows, in one new version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError
from xqg.index.build import as_pool, encoder_settings, segment_rows, segments
from xqg.index.change import NextVersion, change
from xqg.index.cleaning import Cleaning
from xqg.index.first_pass import prepared_addition, stored_filters
from xqg.index.index import StoredIndex
from xqg.index.journal import Written, entries_of, fragments_of, rows_of, write_segments
from xqg.index.manifest import EncoderRecord
from xqg.index.notes import Notes
from xqg.index.operations import appended, removal, replaced
from xqg.index.progress import Ticker
from xqg.index.segment import Maker, PassageVectors, Segment, query_texts
from xqg.index.sources import NO_QUERIES, QuerySource, merged_generation
from xqg.index.store import write_rows
from xqg.index.work import QUERIES, Work
from xqg.passages import Passage, PassageSource
from xqg.progress import Listener

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["add_passages", "check_same_encoder", "check_same_generator"]


def add_passages(
    path: Path | str,
    passages: PassageSource | Sequence[Passage],
    encoder: Encoder,
    *,
    queries: QuerySource | None = None,
    vectors: PassageVectors | None = None,
    replacing: bool = False,
    skip_bad: bool = False,
    progress: Listener | None = None,
) -> StoredIndex:
    """Add passages and their generated queries to an index.

    Args:
        encoder: the index's own.
        queries: in languages of the index; None: the passages get none.
        vectors: passage vectors that are there already, in place of encoding the passages.
        replacing: passages whose ids are in the index take their place; else such an id is refused.
        skip_bad: leave out passages with a value that float16 cannot hold, and count them.
        progress: told how far it is.

    Raises:
        XqgError: an id that the index holds, another encoder or generator, a language or field that
            the index lacks, an unfinished change.
    """
    source = NO_QUERIES if queries is None else queries
    pool = as_pool(passages)
    settings = {
        "command": "add",
        "number_of_passages": len(pool),
        "passages": pool.digest,
        **encoder_settings(encoder, vectors),
        **source.settings(),
        "replacing": replacing,
    }

    def make(index: StoredIndex, work: Work) -> NextVersion:
        _check(index, pool, encoder, source)
        gone = _replaced(index, pool, replacing)
        source.check_passages(passage.id for passage in pool)
        return _added(index, work, pool, source, gone, _maker(index, encoder, vectors, skip_bad, pool), progress)

    return change(path, settings, make)


def _maker(
    index: StoredIndex, encoder: Encoder, vectors: PassageVectors | None, skip_bad: bool, pool: PassageSource
) -> Maker:
    manifest = index.manifest
    filters = stored_filters(index)
    candidates = tuple(sorted({*manifest.languages, *index.passage_languages, *pool.languages}))
    return Maker(
        encoder,
        manifest.languages,
        index.schema,
        Cleaning(filters, candidates if manifest.languages else ()),
        vectors,
        skip_bad,
    )


def _added(
    index: StoredIndex,
    work: Work,
    pool: PassageSource,
    source: QuerySource,
    replaced_ids: Sequence[str],
    maker: Maker,
    progress: Listener | None,
) -> NextVersion:
    manifest, notes = index.manifest, index.notes
    block_size, first = manifest.generation.block_size, index.next_block
    rows = segment_rows(len(pool), block_size)
    ticker = Ticker(progress, len(pool))

    def pieces() -> Iterator[Segment]:
        return segments(pool, rows, block_size, first)

    new_ids = {passage.id for passage in pool}
    maker = prepared_addition(maker, index, pieces, source, new_ids, work)

    def write(segment: Segment, _: dict[str, int]) -> Written:
        texts = query_texts(
            source, segment.passages, segment.blocks, work.folder / QUERIES, ticker.queries
        )
        none: list[list[str]] = [[] for _ in segment.passages]
        segment.texts = {code: texts.get(code, none) for code in manifest.languages}
        table, bad, _ = maker.rows(segment)
        return Written.of(index.path, write_rows(index.path, table) if len(table) else [], bad=bad)

    done = write_segments(work, index.path, pieces(), write, ticker)
    gone = removal(index.dataset, replaced_ids, index.path)
    fragments, bad = fragments_of(done), [one for segment in done for one in segment.bad]
    generation = merged_generation(index.generation, source.generation) if source.languages else index.generation
    return NextVersion(
        replaced(gone, fragments) if gone.rows else appended(fragments),
        {"added": rows_of(done), "replaced": gone.rows, "bad_vectors": bad},
        entries_of(done),
        Notes(
            first + -(-len(pool) // block_size),
            notes.skipped + len(bad) + len(pool.bad),
            None if generation == manifest.generation else generation,
        ),
    )


def _check(index: StoredIndex, pool: PassageSource, encoder: Encoder, source: QuerySource) -> None:
    """Refuse what would not fit beside the rows that are there."""
    manifest = index.manifest
    check_same_encoder(index, encoder)
    check_same_generator(index, source)
    for language in source.languages:
        if language not in manifest.languages:
            have = ", ".join(manifest.languages) or "none"
            raise XqgError(
                f"{index.path}: has generated queries in {have}, not in {language!r}; add the language first "
                "(`xqg add-language`), or leave it out"
            )
    for name, kind in pool.fields.items():
        wanted = manifest.fields.get(name)
        if wanted != kind and (wanted, kind) != ("double", "int64"):
            have = ", ".join(f"{field} ({type_})" for field, type_ in manifest.fields.items()) or "none"
            raise XqgError(
                f"{index.path}: field {name!r} ({kind}) is not among its fields: {have}; leave it out, or build "
                "the index again with it"
            )


def check_same_encoder(index: StoredIndex, encoder: Encoder) -> None:
    """Raise XqgError unless the encoder, its lengths and number type are the index's."""
    known, given = index.manifest.encoder, EncoderRecord.of(encoder)
    for name in ("fingerprint", "passage_length", "query_length", "dtype"):
        before, now = getattr(known, name), getattr(given, name)
        if before != now:
            raise XqgError(
                f"{index.path}: made with encoder {known.name} and {name.replace('_', ' ')} {before}, not {now}; "
                "use the same, or build the index again"
            )


def check_same_generator(index: StoredIndex, source: QuerySource) -> None:
    """Raise XqgError where queries of another generator, prompt or sampling would be mixed in."""
    known, given = index.generation, source.generation
    if given.fingerprint is None or known.fingerprint is None:
        return  # at least one side is a file, which may hold anything
    for name in ("fingerprint", "prompt", "seed", "per_language", "block_size", "dtype"):
        before, now = getattr(known, name), getattr(given, name)
        if before != now:
            raise XqgError(
                f"{index.path}: its queries were generated with another {name.replace('_', ' ')} ({before}, now "
                f"{now}); use the same, or give the queries as a file"
            )


def _replaced(index: StoredIndex, pool: PassageSource, replacing: bool) -> list[str]:
    """Ids that the index holds already."""
    known = set(index.ids())
    both = [passage.id for passage in pool if passage.id in known]
    if both and not replacing:
        more = f" and {len(both) - 1} more" if len(both) > 1 else ""
        raise XqgError(
            f"{index.path}: holds passage {both[0]!r}{more} already; remove it first, or replace it (`replace`)"
        )
    return both
