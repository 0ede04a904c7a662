"""One version of an index, ready to be searched: all that a search needs of it, and nothing of another."""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np

from xqg.augmentation import fuse
from xqg.index import StoredIndex
from xqg.search.bm25 import Bm25Engine
from xqg.search.cache import Say, cached_engine
from xqg.search.engines import Engine, FlatEngine, engine_class, is_exact
from xqg.search.lexical import lexical_engine
from xqg.search.ranking import Floats, Rows, rank, rank_roughly, tie_order
from xqg.search.weighting import Weighting

__all__ = ["State"]

KEPT = 8  # predicates whose rows stay in memory, 8 bytes a row
FEW = 0.05  # share of the rows up to which they are read one by one, not all of them in passing


class State:
    """The engines over one version of an index, each made when it is first asked for.

    The stored weighting is served from the cache; of other weightings, of predicates with an engine that
    approximates, and of BM25 the last one stays in memory. Nothing here is ever of another version: a
    search that holds a state ends on what it began with.
    """

    def __init__(self, index: StoredIndex, engine: str, say: Say | None = None) -> None:
        """Nothing is read yet. `engine` is the text of that for the stored weighting."""
        self.index = index
        self.engine = engine
        self._say = say
        self._stored = Weighting.of(index)
        self._lock = threading.RLock()
        self._lexical_lock = threading.Lock()  # its own: building BM25 may take minutes, others go on
        self._default: Engine | None = None
        self._other: tuple[Weighting, FlatEngine] | None = None
        self._part: tuple[tuple[str, Weighting], FlatEngine] | None = None
        self._rows: dict[str, Rows] = {}
        self._lexical: tuple[tuple[str, ...], Bm25Engine] | None = None

    @cached_property
    def ids(self) -> list[str]:
        """Passage ids, one a row."""
        return self.index.ids()

    @cached_property
    def ties(self) -> Rows:
        """`tie_order` of the ids."""
        return tie_order(self.ids)

    def prepare(self) -> None:
        """Have ready what every search needs, so that the first one does not wait for it."""
        self._engine(self._stored)
        self.ties  # noqa: B018

    def rows_where(self, where: str) -> Rows:
        """Rows that a predicate holds for, ascending.

        Raises:
            XqgError: a predicate that cannot be evaluated.
        """
        with self._lock:
            if where not in self._rows:
                rows = self.index.rows_where(where)
                if len(self._rows) == KEPT:
                    del self._rows[next(iter(self._rows))]
                self._rows[where] = rows
            return self._rows[where]

    def rank(self, vectors: Floats, k: int, weighting: Weighting, where: str | None) -> tuple[Floats, Rows]:
        """Scores and rows of the k best passages, each (questions, up to k); row -1 where there is none.

        Args:
            weighting: with an engine that approximates and no predicate, the stored one.
            where: only passages that it holds for, compared exactly whatever the engine is.

        Raises:
            XqgError: a predicate that cannot be evaluated, an engine that cannot be built.
        """
        if where is None:
            engine = self._engine(weighting)
            if is_exact(engine):
                return rank(engine, vectors, k, self.ties)
            return rank_roughly(engine, vectors, k, self.ties)
        rows = self.rows_where(where)
        if not len(rows):
            return np.empty((len(vectors), 0), np.float32), np.empty((len(vectors), 0), np.int64)
        if engine_class(self.engine).exact:
            engine = self._engine(weighting)
            if is_exact(engine):
                return rank(engine, vectors, k, self.ties, rows)
        scores, found = rank(self._engine_over(rows, where, weighting), vectors, k, self.ties[rows])
        return scores, rows[found]

    def lexical(self, languages: tuple[str, ...]) -> Bm25Engine:
        """BM25 over the passages and their queries in some languages."""
        with self._lexical_lock:
            if self._lexical is None or self._lexical[0] != languages:
                self._lexical = None  # free its memory before the next is made
                made = lexical_engine(self.index, languages, self.ties, self._say)
                self._lexical = (languages, made)
            return self._lexical[1]

    def _engine(self, weighting: Weighting) -> Engine:
        """The engine over all passages: exact for every weighting but the stored one."""
        with self._lock:
            if weighting == self._stored:
                if self._default is None:
                    self._default = cached_engine(self.index, weighting, self.engine, self._say)
                return self._default
            if self._other is None or self._other[0] != weighting:
                self._other = None  # free its memory before the next is made
                blocks = self.index.fused_blocks(weighting.alpha, weighting.fusion, weighting.languages)
                shape = (len(self.index), self.index.manifest.dimension)
                self._other = (weighting, FlatEngine.of_blocks(blocks, shape))
            return self._other[1]

    def _engine_over(self, rows: Rows, where: str, weighting: Weighting) -> FlatEngine:
        """Exact search over the rows of a predicate, whose vectors come from the stored parts."""
        with self._lock:
            if self._part is None or self._part[0] != (where, weighting):
                self._part = None  # free its memory before the next is made
                alpha, fusion, languages = weighting.alpha, weighting.fusion, weighting.languages
                if len(rows) <= FEW * len(self.index):
                    blocks = iter([fuse(*self.index.parts_of(rows, languages), alpha, fusion)])
                else:
                    blocks = self.index.fused_blocks(alpha, fusion, languages, rows)
                engine = FlatEngine.of_blocks(blocks, (len(rows), self.index.manifest.dimension))
                self._part = ((where, weighting), engine)
            return self._part[1]
