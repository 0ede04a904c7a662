"""Building an index: passages and generated queries in, one Lance dataset out.

Per passage the encoder's vector p is stored and, per language, the sum of the vectors of its
generated queries (Zhuang, Shou, Zuccon 2023, eq. 2 adds them). Fusion with α happens at search
time from these parts, so that another α or other languages need no encoding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xqg import __version__
from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion, check_alpha, default_fusion
from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.index import Index
from xqg.index.manifest import Counts, EncoderRecord, Generation, Manifest
from xqg.index.partial import check_absent, partial_folder
from xqg.index.store import commit, write_block
from xqg.passages import Passage

if TYPE_CHECKING:
    import pyarrow as pa

    from xqg.encoding import Encoder

__all__ = ["build_index", "sum_by_passage"]

Queries = Mapping[str, Mapping[str, Sequence[str]]]  # language -> passage id -> texts
NO_GENERATION = Generation()


@dataclass
class _Tally:
    """What the blocks add up to."""

    queries: dict[str, int]
    blank: int = 0
    content: hashlib._Hash = field(default_factory=hashlib.sha256)


def build_index(
    passages: Sequence[Passage],
    encoder: Encoder,
    out: Path | str,
    *,
    queries: Queries | None = None,
    alpha: float = DEFAULT_ALPHA,
    fusion: Fusion | None = None,
    generation: Generation = NO_GENERATION,
    block_rows: int = 1024,
    progress: Callable[[int, int], None] | None = None,
) -> Index:
    """Encode passages and their generated queries and store them as an index.

    Args:
        passages: ids must be unique.
        encoder: emits float32 vectors of shape (texts, dimension); generated queries are encoded
            as questions are.
        out: the index folder; absent or empty, in a folder that exists.
        queries: language -> passage id -> texts. A passage may have none. Blank texts are stored
            but add nothing and are not counted; repeated ones are added as often as they occur.
        alpha, fusion: the stored default weighting; `fusion` defaults by the encoder's similarity.
        generation: where the queries came from, for the manifest.
        block_rows: passages held in memory at a time.
        progress: called with (passages done, all passages) after each block.

    Raises:
        XqgError: `out` not usable, no passage, a repeated id, an unknown language or fusion,
            queries for an unknown passage, a value float16 cannot hold. Nothing is left at `out`.
    """
    out = Path(out)
    check_absent(out)
    check_alpha(alpha)
    fusion = _fusion(fusion, encoder)
    queries = {} if queries is None else queries
    languages = columns.check_languages(list(queries))
    _check_ids(passages, queries)
    schema = columns.schema(languages, encoder.dimension)
    tally = _Tally(dict.fromkeys(languages, 0))
    with partial_folder(out) as folder:
        fragments = []
        for start in range(0, len(passages), block_rows):
            block = passages[start : start + block_rows]
            fragments += write_block(folder, _block_table(block, encoder, queries, schema, tally))
            if progress is not None:
                progress(start + len(block), len(passages))
        manifest = Manifest(
            encoder=EncoderRecord.of(encoder),
            generation=generation,
            alpha=float(alpha),
            fusion=fusion,
            languages=tuple(languages),
            dimension=int(encoder.dimension),
            counts=Counts(len(passages), tally.queries, tally.blank),
            content=tally.content.hexdigest(),
            xqg=__version__,
        )
        commit(folder, fragments, schema, manifest)
    return Index.open(out)


def sum_by_passage(
    vectors: npt.NDArray[np.float32], owners: Sequence[int], passages: int
) -> npt.NDArray[np.float32]:
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


def _fusion(fusion: Fusion | None, encoder: Encoder) -> Fusion:
    if fusion is None:
        return default_fusion(encoder.similarity)
    if fusion not in FUSIONS:
        raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")
    return fusion


def _check_ids(passages: Sequence[Passage], queries: Queries) -> None:
    if not passages:
        raise XqgError("no passage to index; give at least one")
    known: set[str] = set()
    for passage in passages:
        if passage.id in known:
            raise XqgError(f"passage id {passage.id!r} occurs a second time; ids must be unique")
        known.add(passage.id)
    for language, by_passage in queries.items():
        for id_ in by_passage:
            if id_ not in known:
                raise XqgError(
                    f"generated queries ({language}) for passage {id_!r}, which is not among the passages; "
                    "use queries made for these passages"
                )


def _block_table(
    block: Sequence[Passage], encoder: Encoder, queries: Queries, schema: pa.Schema, tally: _Tally
) -> pa.Table:
    """Encode one block; returns its rows with the schema's columns, and adds to the tally."""
    import pyarrow as pa

    ids = [passage.id for passage in block]
    p = _encoded(encoder.encode_passages([passage.full_text for passage in block]), len(block), encoder)
    arrays: list[pa.Array] = [pa.array([getattr(row, name) for row in block]) for name in columns.TEXTS]
    halves = [_half(p, ids, "vector")]
    arrays.append(columns.to_arrow(halves[0]))
    stored: list[list[list[str]]] = []
    # One language at a time: an index with fewer languages then sees the same encoder batches, and
    # holds the same bits.
    for language in sorted(queries):
        texts = [list(queries[language].get(id_, ())) for id_ in ids]
        summed = [(row, text) for row, found in enumerate(texts) for text in found if text.strip()]
        owners = [row for row, _ in summed]
        if summed:
            vectors = encoder.encode_queries([text for _, text in summed])
            sums = sum_by_passage(_encoded(vectors, len(summed), encoder), owners, len(block))
        else:
            sums = np.zeros_like(p)
        halves.append(_half(sums, ids, f"sum of {language} queries"))
        counts = np.bincount(owners, minlength=len(block)).astype(np.int32)
        arrays += [pa.array(texts, pa.list_(pa.string())), columns.to_arrow(halves[-1]), pa.array(counts)]
        tally.queries[language] += len(summed)
        tally.blank += sum(map(len, texts)) - len(summed)
        stored.append(texts)
    rows = [[getattr(passage, name) for name in columns.TEXTS] for passage in block]
    tally.content.update(json.dumps([rows, stored]).encode())
    for half in halves:
        tally.content.update(half.tobytes())
    return pa.Table.from_arrays(arrays, schema=schema)


def _encoded(vectors: npt.NDArray[np.float32], texts: int, encoder: Encoder) -> npt.NDArray[np.float32]:
    """An encoder may be anyone's: a wrong shape would be stored as nonsense."""
    vectors = np.asarray(vectors, dtype=np.float32)
    if vectors.shape != (texts, encoder.dimension):
        raise XqgError(
            f"encoder {encoder.name} gave vectors of shape {vectors.shape} for {texts} texts instead of "
            f"({texts}, {encoder.dimension}); use an encoder that gives one vector a text"
        )
    return vectors


def _half(vectors: npt.NDArray[np.float32], ids: Sequence[str], what: str) -> npt.NDArray[np.float16]:
    """float16 copy, refused where a value is not finite (float16 ends at 65,504)."""
    with np.errstate(over="ignore", invalid="ignore"):
        halves = vectors.astype(np.float16)
    bad = ~np.isfinite(halves).all(axis=1)
    if bad.any():
        row = int(bad.argmax())
        finite = bool(np.isfinite(vectors[row]).all())
        reason = "is too large for float16" if finite else "is not a finite number"
        raise XqgError(
            f"passage {ids[row]!r}: a value of its {what} {reason}; mend the text, give it fewer queries, "
            "or use an encoder with smaller vectors"
        )
    return halves
