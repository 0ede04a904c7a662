"""Adding languages' generated queries to an index: new columns for all rows, in one new version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.add import check_same_encoder, check_same_generator
from xqg.index.build import encoder_settings
from xqg.index.change import NextVersion, change
from xqg.index.cleaning import Cleaning
from xqg.index.first_pass import prepared_languages, stored_filters
from xqg.index.index import StoredIndex
from xqg.index.journal import Written, entries_of, fragments_of, write_segments
from xqg.index.manifest import Generation
from xqg.index.operations import columns_added
from xqg.index.progress import Ticker
from xqg.index.segment import Maker, query_texts
from xqg.index.sources import QuerySource, merged_generation
from xqg.index.store import add_columns, files_of, read_batches
from xqg.index.work import QUERIES, Work
from xqg.passages import Passage
from xqg.progress import Listener

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["add_languages"]


def add_languages(
    path: Path | str,
    encoder: Encoder,
    queries: QuerySource,
    *,
    progress: Listener | None = None,
) -> StoredIndex:
    """Add generated queries in further languages to every passage of an index.

    They count in the default weighting from then on. Queries of a generator are those that an index
    built with the language would have, as far as the passages of a block are still there. The filters
    of the index judge them by the stored vectors of its passages.

    Args:
        encoder: the index's own.
        queries: in languages that the index lacks.
        progress: told how far it is.

    Raises:
        XqgError: no language, one that the index has, another encoder or generator, queries for an
            unknown passage, a value that float16 cannot hold, an unfinished change.
    """
    settings = {"command": "add-language", **encoder_settings(encoder), **queries.settings()}

    def make(index: StoredIndex, work: Work) -> NextVersion:
        _check(index, encoder, queries)
        return _added(index, work, encoder, queries, progress)

    return change(path, settings, make)


def _check(index: StoredIndex, encoder: Encoder, source: QuerySource) -> None:
    check_same_encoder(index, encoder)
    check_same_generator(index, source)
    if not source.languages:
        raise XqgError("no language to add; give one, such as th")
    columns.check_languages([*index.languages, *source.languages])
    for language in source.languages:
        if language in index.languages:
            raise XqgError(
                f"{index.path}: has generated queries in {language!r} already; go back with `xqg restore`, or build "
                "the index again, to have others"
            )
    source.check_passages(index.ids())


@dataclass
class _Rows:
    """The rows of a fragment: their passages, blocks and vectors (float32, shape (rows, dimension))."""

    fragment: Any
    passages: list[Passage]
    blocks: list[int]
    p: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        """Number of passages."""
        return len(self.passages)


def _rows(index: StoredIndex) -> Iterator[_Rows]:
    names = [*columns.TEXTS, columns.BLOCK, "vector"]
    for fragment in index.dataset.get_fragments():
        passages: list[Passage] = []
        blocks: list[int] = []
        p: list[npt.NDArray[np.float32]] = []
        for batch in read_batches(index.dataset, names, index.path, fragments=[fragment]):
            texts = (batch.column(name).to_pylist() for name in columns.TEXTS)
            passages += [Passage(*row) for row in zip(*texts, strict=True)]
            blocks += batch.column(columns.BLOCK).to_pylist()
            p.append(columns.from_arrow(batch.column("vector"), index.manifest.dimension))
        yield _Rows(fragment, passages, blocks, np.concatenate(p))


def _added(
    index: StoredIndex, work: Work, encoder: Encoder, source: QuerySource, progress: Listener | None
) -> NextVersion:
    import pyarrow as pa

    manifest = index.manifest
    filters = stored_filters(index)
    extra = [
        field
        for code in source.languages
        for field in columns.language_fields(code, manifest.dimension, bool(filters))
    ]
    schema = pa.schema([*index.schema, *extra])
    candidates = tuple(sorted({*manifest.languages, *source.languages, *index.passage_languages}))
    maker = Maker(encoder, source.languages, schema, Cleaning(filters, candidates))
    ticker = Ticker(progress, len(index))
    maker, thresholds = prepared_languages(
        maker, index, _rows(index), lambda rows: rows.p, source, work, ticker.queries
    )
    # Where there are thresholds, all queries were made, and told, in the pass before.
    advance = (lambda _: None) if thresholds else ticker.queries

    def write(rows: _Rows, ties: dict[str, int]) -> Written:
        texts = query_texts(source, rows.passages, rows.blocks, work.folder / QUERIES, advance)
        made = maker.query_columns(rows.passages, texts, rows.p, ties)
        if made.bad:
            row = min(made.bad)
            raise XqgError(
                f"passage {rows.passages[row].id!r}: {made.bad[row]}; remove the passage, or give it fewer queries"
            )
        table = pa.Table.from_arrays([made.arrays[field.name] for field in extra], schema=pa.schema(extra))
        changed = add_columns(index.path, rows.fragment, table)
        known = files_of(rows.fragment.metadata)
        return Written.of(index.path, [changed], known, queries=made.queries, ties=made.ties)

    done = write_segments(work, index.path, _rows(index), write, ticker)
    described = replace(
        manifest,
        languages=tuple(sorted({*manifest.languages, *source.languages})),
        weighted=tuple(sorted({*manifest.weighted, *source.languages})),
        generation=_generation(index, source),
        thresholds={**manifest.thresholds, **thresholds},
    )
    operation = columns_added(fragments_of(done), schema, described)
    about = {"languages": list(source.languages), "queries": sum(segment.queries for segment in done)}
    return NextVersion(operation, about, entries_of(done), replace(index.notes, generation=None))


def _generation(index: StoredIndex, source: QuerySource) -> Generation:
    """The blocks stay those of the rows, whatever the source's size would be."""
    before = index.generation
    if not index.languages:
        return replace(source.generation, block_size=before.block_size)
    return merged_generation(before, source.generation)
