"""Searching an index with texts or vectors, under the stored weighting or another one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import Index
from xqg.index.columns import canonical
from xqg.passages import Passage
from xqg.passages.detect import detect_languages
from xqg.search.cache import cached_engine
from xqg.search.encoder import check_encoder, load_index_encoder
from xqg.search.engines import FlatEngine
from xqg.search.ranking import Floats, Rows, rank, tie_order
from xqg.search.weighting import Weighting

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["Hit", "Searcher"]

Queries = Sequence[str] | npt.NDArray[np.floating]
Languages = Sequence[str] | Literal["auto"] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: `rank` counts from 1, `row` is its row in the index."""

    rank: int
    score: float
    passage_id: str
    row: int
    _index: Index = field(repr=False, compare=False)

    @property
    def passage(self) -> Passage:
        """The passage itself, read from the index when asked for."""
        return self._index.passages([self.row])[0]


class Searcher:
    """Exact search. The stored weighting comes from the cache; of others the last stays in memory."""

    def __init__(self, index: Index, encoder: Encoder | None = None) -> None:
        """Search `index`; without an encoder, the index's own is loaded for the first text.

        Raises:
            XqgError: `encoder` is not the one that the index was built with.
        """
        if encoder is not None:
            check_encoder(index, encoder)
        self.index = index
        self._encoder = encoder
        self._default: FlatEngine | None = None
        self._other: tuple[Weighting, FlatEngine] | None = None
        self._lock = threading.Lock()

    def search(
        self,
        queries: Queries,
        k: int = 10,
        *,
        alpha: float | None = None,
        languages: Languages = None,
        query_languages: Sequence[str | None] | None = None,
    ) -> list[list[Hit]]:
        """The k best passages for each question, best first; ties by passage id, descending.

        Arguments and errors are those of `rank`, which is leaner for long rankings.
        """
        scores, rows = self.rank(
            queries, k, alpha=alpha, languages=languages, query_languages=query_languages
        )
        return [
            [
                Hit(place, float(score), self._ids[row], int(row), self.index)
                for place, (score, row) in enumerate(zip(*pair, strict=True), start=1)
            ]
            for pair in zip(scores, rows, strict=True)
        ]

    def rank(
        self,
        queries: Queries,
        k: int = 10,
        *,
        alpha: float | None = None,
        languages: Languages = None,
        query_languages: Sequence[str | None] | None = None,
    ) -> tuple[Floats, Rows]:
        """Scores (float32) and index rows of the k best passages, each (questions, min(k, passages)).

        Args:
            queries: texts, or vectors of shape (questions, dimension).
            k: at least 1.
            alpha: in place of the stored α.
            languages: of the generated queries that count, in place of all stored ones; `auto`:
                for each question those in its own language, or the stored ones where there are none.
            query_languages: the questions' languages for `auto`; a missing one (None) is detected
                where the question is a text.

        Raises:
            XqgError: k < 1, a blank question, vectors of another dimension or not finite, α outside
                [0, 1], a language without stored queries, lists of different lengths.
        """
        if k < 1:
            raise XqgError(f"k is {k}; it must be at least 1")
        _check_texts(queries)
        if query_languages is not None and len(query_languages) != len(queries):
            raise XqgError(
                f"{len(query_languages)} query languages for {len(queries)} questions; give one each"
            )
        if languages == "auto":
            groups = self._routes(queries, alpha, query_languages)
        else:
            groups = {Weighting.of(self.index, alpha, languages): list(range(len(queries)))}
        vectors = self._vectors(queries)
        width = min(k, len(self.index))
        scores = np.empty((len(vectors), width), dtype=np.float32)
        rows = np.empty((len(vectors), width), dtype=np.int64)
        for weighting, places in groups.items():
            if places:
                scores[places], rows[places] = rank(self._engine(weighting), vectors[places], k, self._ties)
        return scores, rows

    @cached_property
    def _ids(self) -> list[str]:
        return self.index.ids()

    @cached_property
    def _ties(self) -> Rows:
        return tie_order(self._ids)

    def _routes(
        self, queries: Queries, alpha: float | None, given: Sequence[str | None] | None
    ) -> dict[Weighting, list[int]]:
        """Places of the questions by the weighting that their language asks for (spec §2)."""
        codes: list[str | None] = [None] * len(queries) if given is None else list(given)
        unknown = [place for place, code in enumerate(codes) if code is None]
        if unknown and not isinstance(queries, np.ndarray):
            # The passages' own languages are candidates too, or an English question over Japanese
            # and Russian queries would be taken for one of these.
            candidates = [*self.index.languages, *self.index.passage_languages]
            detected = detect_languages([queries[place] for place in unknown], candidates)
            for place, code in zip(unknown, detected, strict=True):
                codes[place] = code
        counts = self.index.manifest.counts.queries
        stored = {canonical(code): code for code in self.index.languages if counts[code]}
        groups: dict[Weighting, list[int]] = {}
        for place, code in enumerate(codes):
            own = None if code is None else stored.get(canonical(code))
            weighting = Weighting.of(self.index, alpha, None if own is None else [own])
            groups.setdefault(weighting, []).append(place)
        return groups

    def _vectors(self, queries: Queries) -> Floats:
        if isinstance(queries, np.ndarray):
            vectors = np.asarray(queries, dtype=np.float32)
        else:
            with self._lock:
                if self._encoder is None:
                    self._encoder = load_index_encoder(self.index)
            vectors = np.asarray(self._encoder.encode_queries(list(queries)), dtype=np.float32)
        wanted = (len(queries), self.index.manifest.dimension)
        if vectors.shape != wanted:
            raise XqgError(f"question vectors have the shape {vectors.shape}; this index needs {wanted}")
        if not np.isfinite(vectors).all():
            raise XqgError("a question's vector holds values that are not finite; check the encoder")
        return vectors

    def _engine(self, weighting: Weighting) -> FlatEngine:
        with self._lock:
            if weighting == Weighting.of(self.index):
                if self._default is None:
                    self._default = cached_engine(self.index, weighting)
                return self._default
            if self._other is None or self._other[0] != weighting:
                self._other = None  # free its memory before the next is made
                vectors = self.index.fused(weighting.alpha, weighting.fusion, weighting.languages)
                self._other = (weighting, FlatEngine.build(vectors))
            return self._other[1]


def _check_texts(queries: Queries) -> None:
    """A lone string would be searched letter by letter; a blank one would find anything."""
    if isinstance(queries, str):
        raise XqgError("questions must be a list of texts; put the text in a list: [text]")
    if isinstance(queries, np.ndarray):
        return
    for number, text in enumerate(queries, start=1):
        if not text.strip():
            where = f"question {number} of {len(queries)}" if len(queries) > 1 else "the question"
            raise XqgError(f"{where} is empty; give it a text")
