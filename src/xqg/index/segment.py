"""One segment of a build: a run of passages and their generated queries to rows of the dataset.

Per passage the encoder's vector p is stored and, per language, the sum of the vectors of its
generated queries (Zhuang, Shou, Zuccon 2023, eq. 2 adds them), but for those that filters take out; the
sum of the others is stored as it is. No query's own vector is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.cleaning import Cleaning, Texts
from xqg.index.sources import QuerySource
from xqg.kept import keep_array, kept_array
from xqg.passages import Passage
from xqg.queries.parallel import in_order

if TYPE_CHECKING:
    import pyarrow as pa

    from xqg.encoding import Encoder

__all__ = ["Maker", "PassageVectors", "Segment", "halves", "query_texts", "sum_by_passage"]

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]


class PassageVectors(Protocol):
    """Passage vectors that are there already."""

    def vectors(self, ids: Sequence[str]) -> Floats: ...


@dataclass
class Segment:
    """Passages with the number of the block that each belongs to, and the texts of their queries."""

    passages: list[Passage]
    blocks: list[int]
    texts: Texts

    @property
    def size(self) -> int:
        """Number of passages."""
        return len(self.passages)

    def without(self, bad: set[int]) -> Segment:
        """The same but for some rows."""
        keep = [row for row in range(len(self.passages)) if row not in bad]
        return Segment(
            [self.passages[row] for row in keep],
            [self.blocks[row] for row in keep],
            {code: [rows[row] for row in keep] for code, rows in self.texts.items()},
        )


@dataclass(frozen=True)
class Maker:
    """Makes rows of passages.

    Attributes:
        schema: of the rows.
        vectors: takes the place of encoding passages.
        skip_bad: leave passages out that have a value which is not finite in float16.
        folder: passages' vectors are kept there and taken from there, where they are needed twice.
    """

    encoder: Encoder
    languages: tuple[str, ...]
    schema: pa.Schema
    cleaning: Cleaning = field(default_factory=Cleaning)
    vectors: PassageVectors | None = None
    skip_bad: bool = False
    folder: Path | None = None

    def rows(
        self, segment: Segment, ties: Mapping[str, int] | None = None
    ) -> tuple[pa.Table, list[dict[str, str]], dict[str, int]]:
        """The rows of a segment.

        Args:
            ties: `Clean.ties` of the segments before.

        Returns:
            The rows; the ids of passages that were left out, with the reason; `Clean.ties` after them.

        Raises:
            XqgError: a value that float16 cannot hold, unless `skip_bad`; vectors of a wrong shape.
        """
        import pyarrow as pa

        p = self.passage_vectors(segment)
        _, bad = halves(p, "vector")
        left_out: list[dict[str, str]] = []
        while True:
            left_out += self.check(segment, bad)
            segment, p = _without(segment, p, bad)
            made = self.query_columns(segment.passages, segment.texts, p, ties)
            if not (bad := made.bad):
                break
        vector, _ = halves(p, "vector")
        texts = {name: [getattr(one, name) for one in segment.passages] for name in columns.TEXTS}
        plain: dict[str, Any] = {**texts, columns.BLOCK: segment.blocks}
        known = {*texts, columns.BLOCK, "vector", *made.arrays}
        for name in self.schema.names:
            if name not in known:
                plain[name] = [one.fields.get(name) for one in segment.passages]
        arrays = {name: pa.array(values, self.schema.field(name).type) for name, values in plain.items()}
        arrays = {**arrays, "vector": columns.to_arrow(vector), **made.arrays}
        table = pa.Table.from_arrays([arrays[name] for name in self.schema.names], schema=self.schema)
        return table, left_out, made.ties

    def scores(self, segment: Segment, p: Floats) -> dict[str, Floats]:
        """What the filter `best` makes of a segment's queries: language → scores, shape (queries,).

        Passages with a vector, their own or a query's, that is not finite are left out.

        Args:
            p: float32, shape (passages, dimension): the encoder's vectors of the passages.
        """
        _, bad = halves(p, "vector")
        while True:
            segment, p = _without(segment, p, bad)
            scores, bad = self.cleaning.scores(segment.passages, segment.texts, p, self._query_vectors)
            if not bad:
                return scores

    def query_columns(
        self, passages: Sequence[Passage], texts: Texts, p: Floats, ties: Mapping[str, int] | None = None
    ) -> QueryColumns:
        """The columns of generated queries of the maker's languages.

        Args:
            texts: language → one list of texts a passage.
            p: float32, shape (passages, dimension): the encoder's vectors of the passages.
            ties: `Clean.ties` of the passages before.
        """
        import pyarrow as pa

        clean = self.cleaning.apply(passages, texts, p, self._query_vectors, ties)
        if clean.bad:
            return QueryColumns({}, clean.bad, clean.ties)
        arrays: dict[str, pa.Array] = {}
        bad: dict[int, str] = {}
        queries = 0
        # One language at a time: an index with fewer languages then sees the same encoder batches, and
        # holds the same bits.
        for language in self.languages:
            kept = clean.texts[language]
            summed = [(row, text) for row, found in enumerate(kept) for text in found if text.strip()]
            owners = [row for row, _ in summed]
            vectors = clean.vectors.get(language)
            if vectors is None:
                vectors = self._query_vectors([text for _, text in summed])
            sums, wrong = halves(
                sum_by_passage(vectors, owners, len(passages)), f"sum of {language} queries"
            )
            bad.update(wrong)
            counts = np.bincount(owners, minlength=len(passages)).astype(np.int32)
            arrays[columns.queries_column(language)] = pa.array(kept, pa.list_(pa.string()))
            arrays[columns.sum_column(language)] = columns.to_arrow(sums)
            arrays[columns.count_column(language)] = pa.array(counts)
            if self.cleaning.filters:
                gone = clean.removed[language]
                arrays[columns.removed_column(language)] = pa.array(gone, pa.list_(pa.string()))
            verdicts = pa.array(clean.verdicts[language], pa.list_(pa.bool_()))
            arrays[columns.verdicts_column(language)] = verdicts
            queries += len(summed)
        return QueryColumns(arrays, bad, clean.ties, queries)

    def passage_vectors(self, segment: Segment) -> Floats:
        """The encoder's vectors of a segment's passages, float32, shape (passages, dimension)."""
        ids, dimension = [passage.id for passage in segment.passages], self.encoder.dimension
        kept = None if self.folder is None else kept_array(self.file_of(segment))
        if kept is not None and kept.shape == (len(ids), dimension):
            return kept.astype(np.float32, copy=False)
        if self.vectors is not None:
            made = self._encoded(self.vectors.vectors, ids)
        else:
            made = self._encoded(self.encoder.encode_passages, [one.full_text for one in segment.passages])
        if self.folder is not None:
            keep_array(self.file_of(segment), made)
        return made

    def file_of(self, segment: Segment) -> Path:
        """Where `folder` has the vectors of a segment's passages."""
        if self.folder is None:
            raise ValueError("no folder to keep vectors in")
        return self.folder / f"{segment.blocks[0]}.npy"

    def check(self, segment: Segment, bad: Mapping[int, str]) -> list[dict[str, str]]:
        """The ids of bad rows with the reason.

        Raises:
            XqgError: there are any, and they are not to be left out.
        """
        if bad and not self.skip_bad:
            row = min(bad)
            raise XqgError(
                f"passage {segment.passages[row].id!r}: {bad[row]}; mend the text, give it fewer queries, use an "
                "encoder with smaller vectors, or leave such passages out with `skip_bad`"
            )
        return [{"id": segment.passages[row].id, "reason": reason} for row, reason in sorted(bad.items())]

    def _query_vectors(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, self.encoder.dimension), dtype=np.float32)
        return self._encoded(self.encoder.encode_queries, texts)

    def _encoded(self, encode: Callable[[Sequence[str]], Floats], texts: Sequence[str]) -> Floats:
        """An encoder may be anyone's: a wrong shape would be stored as nonsense."""
        from xqg.encoding import NotFiniteVectors

        try:
            vectors = np.asarray(encode(texts), dtype=np.float32)
        except NotFiniteVectors as error:
            vectors = error.vectors  # the passage is named, or left out, where it would be stored
        if vectors.shape != (len(texts), self.encoder.dimension):
            raise XqgError(
                f"encoder {self.encoder.name} gave vectors of shape {vectors.shape} for {len(texts)} texts instead "
                f"of ({len(texts)}, {self.encoder.dimension}); use an encoder that gives one vector a text"
            )
        return vectors


@dataclass
class QueryColumns:
    """Columns by name, rows with a value that is not finite with the reason, `Clean.ties`; queries that count."""

    arrays: Mapping[str, pa.Array]
    bad: dict[int, str]
    ties: dict[str, int]
    queries: int = 0


def _without(segment: Segment, p: Floats, bad: Collection[int]) -> tuple[Segment, Floats]:
    """A segment and its vectors without some rows."""
    if not bad:
        return segment, p
    return segment.without(set(bad)), np.delete(p, sorted(bad), axis=0)


def query_texts(
    source: QuerySource,
    passages: Sequence[Passage],
    blocks: Sequence[int],
    folder: Path,
    advance: Callable[[int], None],
) -> Texts:
    """Queries of passages, asked for block by block. `blocks` are their numbers, equal ones together."""
    starts = [row for row in range(len(passages)) if row == 0 or blocks[row] != blocks[row - 1]]
    bounds = list(zip(starts, [*starts[1:], len(passages)], strict=True))

    def of_block(bound: tuple[int, int]) -> dict[str, list[list[str]]]:
        start, end = bound
        return source.texts(passages[start:end], blocks[start], folder, advance)

    found: Texts = {language: [] for language in source.languages}
    for _, texts in in_order(of_block, bounds, source.workers):
        for language, rows in texts.items():
            found[language] += rows
    return found


def sum_by_passage(vectors: Floats, owners: Sequence[int], passages: int) -> Floats:
    """Add up query vectors by passage, in float32 and in the order given.

    Args:
        vectors: shape (queries, dimension).
        owners: the passage (row of the result) of each query.

    Returns:
        float32 array of shape (passages, dimension); zero where a passage has no query.
    """
    sums = np.zeros((passages, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, np.asarray(owners, dtype=np.intp), vectors)
    return sums


def halves(vectors: Floats, what: str) -> tuple[Halves, dict[int, str]]:
    """float16 copy, and the rows with a value that is not finite there (float16 ends at 65,504)."""
    with np.errstate(over="ignore", invalid="ignore"):
        small = vectors.astype(np.float16)
    bad = {}
    for row in np.flatnonzero(~np.isfinite(small).all(axis=1)).tolist():
        finite = bool(np.isfinite(vectors[row]).all())
        reason = "is too large for float16" if finite else "is not a finite number"
        bad[row] = f"a value of its {what} {reason}"
    return small, bad
