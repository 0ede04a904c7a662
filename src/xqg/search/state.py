"""One version of an index, ready to be searched: all that a search needs of it, and nothing of another."""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import Index
from xqg.search.cache import Say, cached_engine
from xqg.search.engines import FLAT, Engine, FlatEngine
from xqg.search.engines.bm25 import Bm25Engine
from xqg.search.lexical import lexical_engine
from xqg.search.ranking import Floats, Rows, rank, rank_roughly, tie_order
from xqg.search.weighting import Weighting

__all__ = ["State"]


class State:
    """The engines over one version of an index, each made when it is first asked for.

    The stored weighting is served from the cache; of other weightings, of predicates and of BM25 the
    last one stays in memory.
    """

    def __init__(self, index: Index, factory: str, say: Say | None) -> None:
        """Nothing is read yet. `factory` is the engine of the stored weighting."""
        self.index = index
        self.factory = factory
        self._say = say
        self._lock = threading.RLock()
        self._default: Engine | None = None
        self._other: tuple[Weighting, FlatEngine] | None = None
        self._part: tuple[tuple[str, Weighting], Rows, FlatEngine | None] | None = None
        self._lexical: tuple[tuple[str, ...], Bm25Engine] | None = None

    @cached_property
    def ids(self) -> list[str]:
        """Passage ids, one a row."""
        return self.index.ids()

    @cached_property
    def ties(self) -> Rows:
        """`tie_order` of the ids."""
        return tie_order(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row of each passage id."""
        return {id_: row for row, id_ in enumerate(self.ids)}

    def rows_where(self, where: str) -> Rows:
        """Rows that a predicate holds for, ascending."""
        with self._lock:
            if self._part is not None and self._part[0][0] == where:
                return self._part[1]
        return self.index.rows_where(where)

    def rank(self, vectors: Floats, k: int, weighting: Weighting, where: str | None) -> tuple[Floats, Rows]:
        """Scores and rows of the k best passages, as `Searcher.rank` gives them.

        Raises:
            XqgError: another weighting than the stored one with an engine that approximates; a
                predicate that cannot be evaluated.
        """
        if where is not None:
            return self._rank_part(vectors, k, weighting, where)
        engine = self._engine(weighting)
        if isinstance(engine, FlatEngine):
            return rank(engine, vectors, k, self.ties)
        return rank_roughly(engine, vectors, k, self.ties)

    def lexical(self, languages: tuple[str, ...]) -> Bm25Engine:
        """BM25 over the passages and their queries in some languages."""
        with self._lock:
            if self._lexical is None or self._lexical[0] != languages:
                self._lexical = None  # free its memory before the next is made
                self._lexical = (languages, lexical_engine(self.index, languages, self.ties))
            return self._lexical[1]

    def check(self, weighting: Weighting) -> None:
        """Raise XqgError where the engine cannot serve a weighting."""
        if self.factory != FLAT and weighting != Weighting.of(self.index):
            raise XqgError(
                f"{self.index.path}: engine {self.factory} serves the stored weighting only; search with --engine "
                "Flat, or make this weighting the stored one (`xqg reweight`)"
            )

    def _engine(self, weighting: Weighting) -> Engine:
        self.check(weighting)
        with self._lock:
            if weighting == Weighting.of(self.index):
                if self._default is None:
                    self._default = cached_engine(self.index, weighting, self.factory, self._say)
                return self._default
            if self._other is None or self._other[0] != weighting:
                self._other = None  # free its memory before the next is made
                vectors = self.index.fused(weighting.alpha, weighting.fusion, weighting.languages)
                self._other = (weighting, FlatEngine.build(vectors))
            return self._other[1]

    def _rank_part(
        self, vectors: Floats, k: int, weighting: Weighting, where: str
    ) -> tuple[Floats, Rows]:
        rows, engine = self._restricted(weighting, where)
        if engine is None:
            return np.empty((len(vectors), 0), np.float32), np.empty((len(vectors), 0), np.int64)
        scores, found = rank(engine, vectors, k, self.ties[rows])
        return scores, rows[found]

    def _restricted(self, weighting: Weighting, where: str) -> tuple[Rows, FlatEngine | None]:
        """The rows that a predicate holds for, and exact search over them, whatever the engine is."""
        with self._lock:
            if self._part is None or self._part[0] != (where, weighting):
                self._part = None  # free its memory before the next is made
                rows = self.index.rows_where(where)
                engine = FlatEngine.build(self._vectors(rows, weighting)) if len(rows) else None
                self._part = ((where, weighting), rows, engine)
            return self._part[1], self._part[2]

    def _vectors(self, rows: Rows, weighting: Weighting) -> npt.NDArray[np.float32]:
        if self.factory == FLAT:
            engine = self._engine(weighting)
            if isinstance(engine, FlatEngine):
                return engine.vectors(rows)
        return self.index.fused(weighting.alpha, weighting.fusion, weighting.languages, rows)
