"""Building an index: passages and generated queries in, one Lance dataset out.

The pool is taken in segments of whole blocks. Each is generated for, encoded and written before the
next begins, so that memory does not grow with the pool and an interrupted build goes on at the last
segment. Fusion with α happens at search time from the stored parts, so that another α or other
languages need no encoding.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg import __version__
from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion, check_alpha, default_fusion
from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.checksums import seal
from xqg.index.cleaning import Cleaning
from xqg.index.first_pass import check_filters, prepared
from xqg.index.index import StoredIndex
from xqg.index.integrity import remember
from xqg.index.journal import Written, entries_of, fragments_of, rows_of, write_segments
from xqg.index.manifest import DEFAULT_ENGINE, FORMAT, EncoderRecord, Manifest
from xqg.index.notes import Notes
from xqg.index.operations import commit, created
from xqg.index.progress import Ticker
from xqg.index.segment import Maker, PassageVectors, Segment, query_texts
from xqg.index.sources import NO_QUERIES, GivenQueries, Queries, QuerySource
from xqg.index.store import DATASET, drop_unused, write_rows
from xqg.index.versions import manifests
from xqg.index.work import QUERIES, Work, digest_of, parts_folder
from xqg.kept import check_absent, locked, remove_folder
from xqg.passages import Passage, PassageList, PassageSource
from xqg.progress import Listener

if TYPE_CHECKING:
    import pyarrow as pa

    from xqg.encoding import Encoder
    from xqg.queries.filter import QueryFilter

__all__ = ["as_pool", "build_index", "encoder_settings", "segment_rows", "segments"]

SEGMENT = 1024  # passages of a segment, at least: what a kill may cost to encode again
SEGMENTS = 4096  # of a pool, at most: a dataset of more files is slow to open


def build_index(
    passages: PassageSource | Sequence[Passage],
    encoder: Encoder,
    out: Path | str,
    *,
    queries: QuerySource | Queries | None = None,
    alpha: float = DEFAULT_ALPHA,
    fusion: Fusion | None = None,
    filters: Sequence[QueryFilter] = (),
    language_report: bool = True,
    vectors: PassageVectors | None = None,
    engine: str = DEFAULT_ENGINE,
    skip_bad: bool = False,
    segment: int | None = None,
    progress: Listener | None = None,
) -> StoredIndex:
    """Encode passages and their generated queries and store them as an index.

    What is done so far is kept in OUT.parts; called again with the same arguments after a kill, it
    goes on there, and the result is the same. Called again once it is done, it opens the index.

    Args:
        passages: ids must be unique.
        encoder: emits float32 vectors of shape (texts, dimension); generated queries are encoded
            as questions are.
        out: the index folder; absent or empty, in a folder that exists.
        queries: a source, or language -> passage id -> texts. A passage may have none. Blank texts
            are stored but add nothing and are not counted; repeated ones are added as often as they
            occur.
        alpha, fusion: the stored default weighting; `fusion` defaults by the encoder's similarity.
        filters: remove generated queries; what they removed is stored and counted. The sums of the
            others are stored as they are, not rescaled. `best` counts the queries of passages whose
            vectors, their own and their queries', are finite.
        language_report: count the queries that are in the wrong language.
        vectors: passage vectors that are there already, in place of encoding the passages.
        engine: Faiss factory string of the engine that serves the default weighting.
        skip_bad: leave out passages with a value that float16 cannot hold, and count them.
        segment: passages held in memory at a time, rounded up to whole blocks; None: by the pool.
        progress: told how far it is.

    Raises:
        XqgError: `out` not usable, no passage, a repeated id, an unknown language or fusion,
            queries for an unknown passage, a value float16 cannot hold, an interrupted build with
            other settings. Nothing is left at `out`.
    """
    out = Path(out)
    check_alpha(alpha)
    check_filters(filters)
    source = _source(queries)
    pool = as_pool(passages)
    languages = source.languages
    chosen = _fusion(fusion, encoder)
    settings = {
        "command": "index",
        "index_format": FORMAT,
        "number_of_passages": len(pool),
        "passages": pool.digest,
        **encoder_settings(encoder, vectors),
        **source.settings(),
        "alpha": float(alpha),
        "fusion": chosen,
        "filters": [one.name for one in filters],
        "language_report": language_report,
        "engine": engine,
        "segment": segment_rows(len(pool), source.generation.block_size, segment),
    }
    if _built(out, settings):
        return StoredIndex.open(out)
    check_absent(out)
    source.check_passages(passage.id for passage in pool)
    with _parts(out, settings) as work:
        ticker = Ticker(progress, len(pool))
        schema = columns.schema(languages, encoder.dimension, pool.fields, filtered=bool(filters))
        candidates = tuple(sorted({*languages, *pool.languages})) if languages else ()
        cleaning = Cleaning(tuple(filters), candidates, language_report)
        maker = Maker(encoder, languages, schema, cleaning, vectors, skip_bad)

        def pieces() -> Iterator[Segment]:
            return segments(pool, settings["segment"], source.generation.block_size)

        maker, thresholds = prepared(maker, pieces, source, chosen, work, ticker.queries)
        folder = work.folder / "index"
        folder.mkdir(exist_ok=True)
        # Where there are thresholds, all queries were made, and told, in the pass before.
        advance = (lambda _: None) if thresholds else ticker.queries
        done = write_segments(work, folder, pieces(), _writer(maker, source, work, folder, advance), ticker)
        if not fragments_of(done):
            raise XqgError("no passage is left to index: all were bad; see the reasons without `skip_bad`")
        manifest = Manifest(
            encoder=EncoderRecord.of(encoder),
            generation=source.generation,
            alpha=float(alpha),
            fusion=chosen,
            languages=languages,
            weighted=languages,
            dimension=int(encoder.dimension),
            xqg=__version__,
            fields=dict(pool.fields),
            engine=engine,
            filters=tuple(one.name for one in filters),
            thresholds=thresholds,
        )
        bad = [one for segment in done for one in segment.bad]
        blocks = -(-len(pool) // source.generation.block_size)
        message = {
            "command": "index",
            "digest": digest_of(settings),
            "passages": rows_of(done),
            "bad_vectors": bad,
            "notes": Notes(blocks, len(bad) + len(pool.bad)).to_json(),
        }
        _finish(folder, out, done, schema, manifest, message)
        remove_folder(work.folder)  # at once: whoever found half of it would take it for a build to go on with
    return StoredIndex.open(out)


def segment_rows(passages: int, block_size: int, asked: int | None = None) -> int:
    """Passages of a segment: whole blocks, at least `SEGMENT`, in at most `SEGMENTS` segments."""
    rows = max(SEGMENT, -(-passages // SEGMENTS)) if asked is None else asked
    return -(-rows // block_size) * block_size


def encoder_settings(encoder: Encoder, vectors: PassageVectors | None = None) -> dict[str, Any]:
    """What stored vectors depend on, for `Work`."""
    record = EncoderRecord.of(encoder)
    return {
        "encoder": record.name,
        "encoder_hash": record.fingerprint,
        "dtype": record.dtype,
        "passage_length": record.passage_length,
        "query_length": record.query_length,
        "passage_vectors": None if vectors is None else str(getattr(vectors, "digest", "given")),
    }


def as_pool(passages: PassageSource | Sequence[Passage]) -> PassageSource:
    """Passages as a source: a list is checked and hashed."""
    return PassageList(passages) if isinstance(passages, list | tuple) else passages  # type: ignore[return-value]


def _source(queries: QuerySource | Queries | None) -> QuerySource:
    if queries is None:
        return NO_QUERIES
    return GivenQueries(queries) if hasattr(queries, "keys") else queries  # type: ignore[arg-type]


def _fusion(fusion: Fusion | None, encoder: Encoder) -> Fusion:
    if fusion is None:
        return default_fusion(encoder.similarity)
    if fusion not in FUSIONS:
        raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")
    return fusion


def _built(out: Path, settings: dict[str, Any]) -> bool:
    """Whether `out` is what these settings make: a build that was killed after its last step."""
    if not (out / DATASET).is_dir():
        return False
    index = StoredIndex.open(out)
    if index.version != 1 or index.message.get("digest") != digest_of(settings):
        return False
    shutil.rmtree(parts_folder(out), ignore_errors=True)
    return True


@contextmanager
def _parts(out: Path, settings: dict[str, Any]) -> Iterator[Work]:
    """OUT.parts under its lock; what took time to make stays there if anything goes wrong."""
    folder = parts_folder(out)
    busy = f"{out}: another process is building it; wait for it, or choose another `out`"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
    with locked(folder, busy):
        work = Work.open(folder, settings)
        try:
            yield work
        except BaseException:
            if folder.exists() and not work.worth_keeping:
                shutil.rmtree(folder, ignore_errors=True)
            raise


def segments(pool: PassageSource, rows: int, block_size: int, first: int = 0) -> Iterator[Segment]:
    """The pool in segments, blocks numbered from `first`; the queries' texts come later."""
    held: list[Passage] = []
    for passage in pool:
        held.append(passage)
        if len(held) == rows:
            yield _numbered(held, first, block_size)
            held, first = [], first + rows // block_size
    if held:
        yield _numbered(held, first, block_size)


def _numbered(passages: list[Passage], first_block: int, block_size: int) -> Segment:
    blocks = [first_block + row // block_size for row in range(len(passages))]
    return Segment(passages, blocks, {})


def _writer(
    maker: Maker, source: QuerySource, work: Work, folder: Path, advance: Callable[[int], None]
) -> Callable[[Segment, dict[str, int]], Written]:
    """Generates for, encodes and writes one segment."""

    def write(segment: Segment, ties: dict[str, int]) -> Written:
        segment.texts = query_texts(source, segment.passages, segment.blocks, work.folder / QUERIES, advance)
        table, bad, ties = maker.rows(segment, ties)
        fragments = write_rows(folder, table) if len(table) else []
        return Written.of(folder, fragments, bad=bad, ties=ties)

    return write


def _finish(
    folder: Path,
    out: Path,
    done: Sequence[Written],
    schema: pa.Schema,
    manifest: Manifest,
    message: dict[str, Any],
) -> None:
    """Commit, list the files, and give the folder its name: each again where a kill came between."""
    if not manifests(folder):
        commit(folder, created(fragments_of(done), schema, manifest), message)
    drop_unused(folder, entries_of(done))
    seal(folder, 1, entries_of(done))
    remember(folder, entries_of(done))
    check_absent(out)
    try:
        os.replace(folder, out)
    except OSError as error:
        raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
