"""Searching an index with texts or vectors, under the stored weighting or another one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.columns import canonical
from xqg.models import warn_untrained
from xqg.passages.detect import detect_languages
from xqg.search.cache import Say
from xqg.search.encoder import check_encoder, load_index_encoder
from xqg.search.engine_choice import check_served, chosen_engine
from xqg.search.hit import Hit, hits_of
from xqg.search.hit_queries import with_queries
from xqg.search.hybrid import fused
from xqg.search.ranking import Floats, Rows
from xqg.search.state import State
from xqg.search.weighting import Weighting

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["Hit", "Searcher"]

Queries = Sequence[str] | npt.NDArray[np.floating]
Languages = Sequence[str] | Literal["auto"] | None
Answer = TypeVar("Answer")

REOPENED = 5  # times that a search begins anew because its version went away


class Searcher:
    """Searches one version of an index at a time; several threads may ask at once."""

    def __init__(
        self,
        index: StoredIndex,
        encoder: Encoder | None = None,
        *,
        load: Callable[[], Encoder] | None = None,
        engine: str | None = None,
        say: Say | None = None,
    ) -> None:
        """Search `index`; without an encoder, the index's own is loaded for the first text.

        Args:
            load: loads the index's encoder, in place of xqg's own way.
            engine: in place of the index's: `Flat`, another Faiss factory string, or an engine's name.
            say: told, where an engine that approximates has to be built, what it finds.

        Raises:
            XqgError: `encoder` is not the one that the index was built with; an engine that cannot be
                built over it.
        """
        if encoder is not None:
            check_encoder(index, encoder)
        self._encoder = encoder
        self._load = load or (lambda: load_index_encoder(index))
        self._asked_engine = engine
        self._say = say
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._state = self._opened(index)

    @property
    def index(self) -> StoredIndex:
        """The index at the version that is searched."""
        return self._state.index

    def follow(self) -> bool:
        """Go on with the latest version of the index; False where this is it already.

        Searches under way end on the version that they began with, and until the engine of the latest
        version is ready new ones are served by this version, too.

        Raises:
            XqgError: the index cannot be read any more, is of another encoder now, or its engine cannot
                be built; the searcher stays at its version then.
        """
        with self._following:
            before = self.index
            for _ in range(REOPENED):
                latest = before.latest()
                if latest is before:
                    return False
                if latest.manifest.encoder != before.manifest.encoder:
                    raise XqgError(f"{latest.path}: made with another encoder now; open it anew")
                try:
                    state = self._opened(latest)
                    state.prepare()
                    break
                except XqgError:
                    if latest.latest() is latest:  # else it went away while its engine was made
                        raise
            else:
                return False  # versions come and go too fast: the next call tries again
            self._state = state
            return True

    def search(
        self,
        queries: Queries,
        k: int = 10,
        *,
        alpha: float | None = None,
        languages: Languages = None,
        query_languages: Sequence[str | None] | None = None,
        where: str | None = None,
        hybrid: bool = False,
        with_generated: bool = False,
    ) -> list[list[Hit]]:
        """The k best passages for each question, best first; ties by passage id, descending.

        Arguments and errors are those of `rank`, which is leaner for long rankings.

        Args:
            with_generated: give each hit its passage's generated queries that count, with their similarity
                to the question: they are encoded for it, as is the question.
        """

        def hits(state: State, ranked: _Ranked) -> list[list[Hit]]:
            pairs = zip(ranked.scores.tolist(), ranked.rows.tolist(), strict=True)
            lists = [hits_of(state.index, state.ids, *pair) for pair in pairs]
            if not with_generated:
                return lists
            return with_queries(state.index, self._loaded(), lists, ranked.vectors, ranked.languages())

        return self._answer(_Asked(queries, k, alpha, languages, query_languages, where, hybrid), hits)

    def rank(
        self,
        queries: Queries,
        k: int = 10,
        *,
        alpha: float | None = None,
        languages: Languages = None,
        query_languages: Sequence[str | None] | None = None,
        where: str | None = None,
        hybrid: bool = False,
    ) -> tuple[Floats, Rows]:
        """Scores (float32) and index rows of the k best passages, each (questions, min(k, passages)).

        Where fewer are found (by an engine that approximates, or with `where`), the rest of a row is
        -1 with the score -inf. Rows are those of the version that was searched: where another thread
        may call `follow` meanwhile, use `search`.

        Args:
            queries: texts, or vectors of shape (questions, dimension).
            k: at least 1.
            alpha: in place of the stored α.
            languages: of the generated queries that count, in place of the stored ones; `auto`:
                for each question those in its own language, or the stored ones where there are none.
            query_languages: the questions' languages for `auto`; a missing one (None) is detected
                where the question is a text.
            where: a predicate over the passages' columns, such as `year >= 2000`: only passages that it
                holds for are ranked, exactly, whatever the engine is.
            hybrid: fuse the ranking with that of BM25 over the passages and the same generated queries,
                by reciprocal rank; scores are then those of the fusion.

        Raises:
            XqgError: k < 1, a blank question, vectors of another dimension or not finite, α outside
                [0, 1], a language without stored queries, lists of different lengths, a predicate that
                cannot be evaluated, another weighting than the stored one with an engine that
                approximates (but with `where`, which compares exactly), vectors where `hybrid` needs
                texts.
        """
        asked = _Asked(queries, k, alpha, languages, query_languages, where, hybrid)
        return self._answer(asked, lambda _, ranked: (ranked.scores, ranked.rows))

    def _opened(self, index: StoredIndex) -> State:
        return State(index, chosen_engine(index, self._asked_engine), self._say)

    def _answer(self, asked: _Asked, finish: Callable[[State, _Ranked], Answer]) -> Answer:
        """Rank on the version that is there; where that goes away meanwhile, on the one after it.

        Another process may compact the index or put another in its place at any time: a version that was
        open has no files then. Versions only ever go where a later one is there.
        """
        asked.check()
        self._check(self._state, asked)
        if not isinstance(asked.queries, np.ndarray):
            self._loaded()  # the first time that takes seconds, in which versions come and go
        state = self._state
        vectors = self._vectors(state.index, asked.queries)
        for _ in range(REOPENED):
            try:
                return finish(state, self._rank(state, asked, vectors))
            except XqgError:
                if not self._reopen(state):
                    raise
                state = self._state
        return finish(state, self._rank(state, asked, vectors))

    def _reopen(self, state: State) -> bool:
        """Go on with what lies in the folder now; False where that is what `state` has, or cannot serve."""
        with self._following:
            if self._state is not state:
                return True  # another thread was faster
            if state.index.chosen:
                return False
            now = state.index.reopened()
            if now is None or now.manifest.encoder != state.index.manifest.encoder:
                return False
            self._state = self._opened(now)
            return True

    def _check(self, state: State, asked: _Asked) -> None:
        """Refuse what can be refused before anything is loaded."""
        if asked.where is None:
            check_served(state.index, state.engine, asked.alpha, asked.languages)
        else:
            state.index.check_where(asked.where)

    def _rank(self, state: State, asked: _Asked, vectors: Floats) -> _Ranked:
        self._check(state, asked)
        groups = asked.weightings(state.index)
        encoder = state.index.manifest.encoder
        known = [code for code in asked.query_languages or () if code is not None]
        warn_untrained("encoder", encoder.name, encoder.languages, known)
        width = min(asked.k, len(state.index))
        scores = np.full((len(vectors), width), -np.inf, dtype=np.float32)
        rows = np.full((len(vectors), width), -1, dtype=np.int64)
        for weighting, places in groups.items():
            if not places:
                continue
            if asked.hybrid:
                texts = [asked.queries[place] for place in places]
                found = fused(state, texts, vectors[places], asked.k, weighting, asked.where)
            else:
                found = state.rank(vectors[places], asked.k, weighting, asked.where)
            columns = slice(found[0].shape[1])
            scores[places, columns], rows[places, columns] = found
        return _Ranked(scores, rows, vectors, groups)

    def _loaded(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    def _vectors(self, index: StoredIndex, queries: Queries) -> Floats:
        if isinstance(queries, np.ndarray):
            vectors = np.asarray(queries, dtype=np.float32)
        else:
            vectors = np.asarray(self._loaded().encode_queries(list(queries)), dtype=np.float32)
        wanted = (len(queries), index.manifest.dimension)
        if vectors.shape != wanted:
            raise XqgError(f"question vectors have the shape {vectors.shape}; this index needs {wanted}")
        if not np.isfinite(vectors).all():
            raise XqgError("a question's vector holds values that are not finite; check the encoder")
        return vectors


@dataclass(frozen=True)
class _Ranked:
    """What a search found: `scores` and `rows` as `Searcher.rank` gives them.

    Attributes:
        vectors: of the questions, float32 of shape (questions, dimension).
        groups: places of the questions by their weighting.
    """

    scores: Floats
    rows: Rows
    vectors: Floats
    groups: dict[Weighting, list[int]]

    def languages(self) -> list[tuple[str, ...]]:
        """Of the generated queries that counted, for each question."""
        by_place = {place: one.languages for one, places in self.groups.items() for place in places}
        return [by_place[place] for place in range(len(self.rows))]


@dataclass(frozen=True)
class _Asked:
    """What a search asks for; see `Searcher.rank`."""

    queries: Queries
    k: int
    alpha: float | None
    languages: Languages
    query_languages: Sequence[str | None] | None
    where: str | None
    hybrid: bool

    def check(self) -> None:
        """Refuse what can be refused without the index."""
        if self.k < 1:
            raise XqgError(f"k is {self.k}; it must be at least 1")
        _check_texts(self.queries)
        if self.hybrid and isinstance(self.queries, np.ndarray):
            raise XqgError("a hybrid search needs the questions' texts, not vectors; give texts")
        if self.query_languages is not None and len(self.query_languages) != len(self.queries):
            raise XqgError(
                f"{len(self.query_languages)} query languages for {len(self.queries)} questions; give one each"
            )

    def weightings(self, index: StoredIndex) -> dict[Weighting, list[int]]:
        """Places of the questions by the weighting that they are to be ranked with."""
        if self.languages != "auto":
            return {Weighting.of(index, self.alpha, self.languages): list(range(len(self.queries)))}
        counts = index.query_counts
        stored = {canonical(code): code for code in index.languages if counts[code]}
        groups: dict[Weighting, list[int]] = {}
        for place, code in enumerate(self._codes(index)):
            own = None if code is None else stored.get(canonical(code))
            weighting = Weighting.of(index, self.alpha, None if own is None else [own])
            groups.setdefault(weighting, []).append(place)
        return groups

    def _codes(self, index: StoredIndex) -> list[str | None]:
        """The questions' languages, detected where they are not given and can be."""
        given, queries = self.query_languages, self.queries
        codes: list[str | None] = [None] * len(queries) if given is None else list(given)
        unknown = [place for place, code in enumerate(codes) if code is None]
        if unknown and not isinstance(queries, np.ndarray):
            # The passages' own languages are candidates too, or an English question over Japanese
            # and Russian queries would be taken for one of these.
            candidates = [*index.languages, *index.passage_languages]
            detected = detect_languages([queries[place] for place in unknown], candidates)
            for place, code in zip(unknown, detected, strict=True):
                codes[place] = code
        return codes


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
