"""One step of building: a run of passages and their generated queries to rows of the dataset.

Per passage the encoder's vector p is stored and, per language, the sum of the vectors of its
generated queries (Zhuang, Shou, Zuccon 2023, eq. 2 adds them). No query's own vector is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.cleaning import Cleaning, Texts
from xqg.index.sources import QuerySource
from xqg.index.tally import Tally
from xqg.passages import Passage

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
    """

    encoder: Encoder
    languages: tuple[str, ...]
    schema: pa.Schema
    cleaning: Cleaning = field(default_factory=Cleaning)
    vectors: PassageVectors | None = None
    skip_bad: bool = False

    def rows(self, segment: Segment) -> tuple[pa.Table, Tally]:
        """The rows of a segment, and what they add up to.

        Raises:
            XqgError: a value that float16 cannot hold, unless `skip_bad`; vectors of a wrong shape.
        """
        import pyarrow as pa

        left_out: list[dict[str, str]] = []
        while True:
            p = self._passage_vectors(segment.passages)
            made = self.query_columns(segment.passages, segment.texts, p)
            vector, bad = halves(p, "vector")
            bad = {**made.bad, **bad}
            if not bad:
                break
            ids = [passage.id for passage in segment.passages]
            if not self.skip_bad:
                row = min(bad)
                raise XqgError(
                    f"passage {ids[row]!r}: {bad[row]}; mend the text, give it fewer queries, use an encoder "
                    "with smaller vectors, or leave such passages out with --skip-bad"
                )
            left_out += [{"id": ids[row], "reason": reason} for row, reason in sorted(bad.items())]
            segment = segment.without(set(bad))
        texts = {name: [getattr(one, name) for one in segment.passages] for name in columns.TEXTS}
        plain: dict[str, Any] = {**texts, columns.BLOCK: segment.blocks}
        known = {*texts, columns.BLOCK, "vector", *made.arrays}
        for name in self.schema.names:
            if name not in known:
                plain[name] = [one.fields.get(name) for one in segment.passages]
        digest = hashlib.sha256(json.dumps(plain).encode())
        digest.update(vector.tobytes())
        arrays = {name: pa.array(values, self.schema.field(name).type) for name, values in plain.items()}
        arrays = {**arrays, "vector": columns.to_arrow(vector), **made.arrays}
        table = pa.Table.from_arrays([arrays[name] for name in self.schema.names], schema=self.schema)
        tally = made.tally
        tally.passages, tally.bad = len(segment.passages), left_out
        digest.update(tally.content.encode())
        tally.content = digest.hexdigest()
        return table, tally

    def query_columns(self, passages: Sequence[Passage], texts: Texts, p: Floats) -> QueryColumns:
        """The columns of generated queries of the maker's languages.

        Args:
            texts: language → one list of texts a passage.
            p: float32, shape (passages, dimension): the encoder's vectors of the passages.
        """
        import pyarrow as pa

        ids = [passage.id for passage in passages]
        clean = self.cleaning.apply(passages, texts, p, self._query_vectors)
        arrays: dict[str, pa.Array] = {}
        bad: dict[int, str] = {}
        tally = Tally(wrong_language=clean.wrong_language)
        digest = hashlib.sha256(json.dumps([ids, clean.texts, clean.removed]).encode())
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
                tally.removed[language] = sum(map(len, gone))
            tally.queries[language] = len(summed)
            tally.blank += sum(map(len, kept)) - len(summed)
            digest.update(sums.tobytes())
        tally.content = digest.hexdigest()
        return QueryColumns(arrays, tally, bad)

    def _passage_vectors(self, passages: Sequence[Passage]) -> Floats:
        if self.vectors is not None:
            return self.vectors.vectors([passage.id for passage in passages])
        return self._encoded(self.encoder.encode_passages, [passage.full_text for passage in passages])

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
    """Columns by name, their numbers, and rows with a value that is not finite with the reason."""

    arrays: Mapping[str, pa.Array]
    tally: Tally
    bad: dict[int, str]


def query_texts(
    source: QuerySource,
    passages: Sequence[Passage],
    blocks: Sequence[int],
    folder: Path,
    advance: Callable[[int], None],
) -> Texts:
    """Queries of passages, asked for block by block. `blocks` are their numbers, equal ones together."""
    found: Texts = {language: [] for language in source.languages}
    start = 0
    for end in range(1, len(passages) + 1):
        if end == len(passages) or blocks[end] != blocks[start]:
            texts = source.texts(passages[start:end], blocks[start], folder, advance)
            for language, rows in texts.items():
                found[language] += rows
            start = end
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
