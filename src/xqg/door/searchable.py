"""An index as it is searched: opened, asked, looked into; nothing here changes it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from xqg.augmentation import check_alpha
from xqg.benchmarks import Benchmark
from xqg.checks import (
    check_flags,
    check_new_file,
    checked_path,
    checked_text,
    checked_whole,
)
from xqg.door.hits import Hits
from xqg.door.questions import check_query_language, question_batch, search_languages
from xqg.door.reports import ChangeReport, Facts, History, index_facts
from xqg.door.sources import open_questions
from xqg.door.types import EncoderLike, PathLike
from xqg.door.verify import verify
from xqg.encoding import Encoder, as_encoder
from xqg.evaluation import Run, write_trec
from xqg.index import StoredIndex
from xqg.index.export import export_index
from xqg.index.history import index_history
from xqg.index.report import Report
from xqg.passages import Passage, Question, QuestionsLike, as_languages
from xqg.progress import bars, note
from xqg.search import Searcher, check_encoder, load_index_encoder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Self, Unpack

__all__ = ["SearchableIndex"]


class SearchOptions(TypedDict, total=False):
    """The keyword arguments of `search`, for type checkers."""

    alpha: float | None
    languages: str | Sequence[str] | None
    query_language: str | Sequence[str | None] | None
    where: str | None
    hybrid: bool
    engine: str | None
    queries: bool
    encoder: EncoderLike | None


class SearchableIndex:
    """An index that is open: one version of it at a time.

    Attributes:
        stored: the index as it lies on the disk, at the version that is searched: its vectors and rows.
        last_change: what the last change through this object did, building it included.
    """

    def __init__(
        self,
        stored: StoredIndex,
        encoder: Encoder | None = None,
        *,
        device: str | None = None,
        dtype: str = "auto",
    ) -> None:
        """Use `Index.open` or `Index.build`; `encoder` is the index's own, loaded."""
        self.stored = stored
        self.last_change: ChangeReport | None = None
        self._given: EncoderLike | None = encoder
        self._object: Encoder | None = encoder  # None: it is loaded by a name
        self._device = device
        self._dtype = dtype
        self._encoders: dict[str, Encoder] = {}  # by the number type asked for
        self._searchers: dict[str | None, Searcher] = {}  # by engine
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls,
        path: PathLike,
        version: int | None = None,
        *,
        encoder: EncoderLike | None = None,
        device: str | None = None,
        dtype: str = "auto",
        lost_ok: bool = False,
    ) -> Self:
        """Open an index at its latest version, or an earlier one to search.

            >>> index = xqg.Index.open("my-index")
            >>> index.version, len(index), index.languages
            (1, 3, ('fi', 'ja'))

        Args:
            path: its folder.
            version: one of `history()`.
            encoder: the one that the index was built with, where its name no longer finds it, or as an object;
                None: by the name that the index knows it by. It is loaded when it is first needed.
            device: of the models; None: a GPU where there is one.
            dtype: number type of the encoder in searches; changes use that of the index.
            lost_ok: open it where its latest version is lost, too, at the latest that is there: to go back to
                it with `restore`.

        Raises:
            XqgError: no index there, no such version; another encoder than it was built with; its latest
                version is lost, or its manifest damaged.
        """
        if version is not None:
            checked_whole("version", version)
        check_flags(lost_ok=lost_ok)
        stored = StoredIndex.open(checked_path("path", path), version, lost_ok=lost_ok)
        index = cls(stored, device=device, dtype=dtype)
        index._take(encoder)
        return index

    @property
    def path(self) -> Path:
        """The folder."""
        return self.stored.path

    @property
    def version(self) -> int:
        """That is searched: the latest when it was opened, or made by the last change through this object."""
        return self.stored.version

    @property
    def languages(self) -> tuple[str, ...]:
        """Of the stored generated queries, sorted."""
        return self.stored.languages

    @property
    def passage_languages(self) -> tuple[str, ...]:
        """Of the passages, sorted."""
        return self.stored.passage_languages

    @property
    def fields(self) -> dict[str, str]:
        """The passages' extra fields: name → type."""
        return self.stored.fields

    @property
    def ids(self) -> list[str]:
        """Passage ids, in the order of the rows."""
        return self.stored.ids()

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """Passages by id, in the order asked.

            >>> [passage.fields["year"] for passage in xqg.Index.open("my-index").passages(["iceland", "finland"])]
            [1944, 1917]

        Raises:
            XqgError: an id that the index does not hold.
        """
        return self.stored.passages([ids] if isinstance(ids, str) else list(ids))

    def queries(self, id_: str) -> dict[str, list[str]]:
        """Generated queries of one passage by language, blank ones included.

            >>> {language: len(texts) for language, texts in xqg.Index.open("my-index").queries("japan").items()}
            {'fi': 2, 'ja': 2}

        Raises:
            XqgError: an id that the index does not hold.
        """
        return self.stored.queries(id_)

    @property
    def encoder(self) -> Encoder:
        """The encoder that it was built with, loaded when it is first needed.

        Raises:
            XqgError: it cannot be loaded, or is no longer the same.
        """
        return self._encoder(self._dtype)

    def info(self) -> Facts:
        """Models, settings, counts and size; printed it is a line for each.

        >>> xqg.Index.open("my-index").info()["vector_bytes_per_passage"]
        1152
        """
        return index_facts(self.stored)

    def __len__(self) -> int:
        """Number of passages."""
        return len(self.stored)

    def __repr__(self) -> str:
        number = sum(self.stored.query_counts.values())
        queries = (
            f"{number:,} generated queries in {', '.join(self.languages)}"
            if number
            else "no generated queries"
        )
        return f"Index {self.path}: {len(self):,} passages, {queries}, version {self.version}"

    def _repr_html_(self) -> str:
        return self.info()._repr_html_()

    @overload
    def search(self, questions: str | Question, k: int = 10, **how: Unpack[SearchOptions]) -> Hits: ...  # type: ignore[overload-overlap]
    @overload
    def search(
        self, questions: Sequence[str | Question], k: int = 10, **how: Unpack[SearchOptions]
    ) -> list[Hits]: ...
    @overload
    def search(
        self, questions: npt.NDArray[np.floating], k: int = 10, **how: Unpack[SearchOptions]
    ) -> Any: ...
    def search(
        self,
        questions: str | Question | Iterable[str | Question] | npt.NDArray[np.floating],
        k: int = 10,
        *,
        alpha: float | None = None,
        languages: str | Sequence[str] | None = None,
        query_language: str | Sequence[str | None] | None = None,
        where: str | None = None,
        hybrid: bool = False,
        engine: str | None = None,
        queries: bool = False,
        encoder: EncoderLike | None = None,
    ) -> Hits | list[Hits]:
        """The k best passages for a question, or for each of several, which are encoded in one batch.

            >>> index = xqg.Index.open("my-index")
            >>> for hit in index.search("フィンランドの通貨は何ですか？", k=2, languages="auto"):
            ...     print(hit.rank, hit.passage.title)
            1 Finland
            2 Iceland
            >>> [len(hits) for hits in index.search(["フィンランドの通貨は？", "Mikä on Islannin valuutta?"], k=3)]
            [3, 3]

        Args:
            questions: a text or `xqg.Question`, which gives one list of hits; or several of them, or vectors of
                shape (questions, dimension), which give a list of lists. A vector of shape (dimension,) is one
                question.
            k: hits per question.
            alpha: weight of the generated queries, in place of the stored one.
            languages: of the generated queries that count: `"ja,fi"` or a list, `"auto"`: those in the
                question's language, an empty list: none. None: those of the stored weighting.
            query_language: the questions' language for `auto`, or a list with one for each; None: detected.
            where: only passages that it holds for, such as `"year >= 2000"`.
            hybrid: fuse the ranking with that of BM25 over passages and generated queries.
            engine: Faiss factory string, in place of the stored engine.
            queries: give every hit its passage's generated queries that counted, the most similar to the
                question first (`hit.queries`). They are encoded for it: k · queries per passage texts a question.
            encoder: as in `open`; later searches use it too.

        Raises:
            XqgError: a wrong argument (before the encoder is loaded), an encoder that cannot be loaded or is no
                longer the same.
        """
        checked_whole("k", k)
        check_flags(hybrid=hybrid, queries=queries)
        batch = question_batch(questions, query_language)
        self._take(encoder)
        if not len(batch.queries):
            return []
        found = self._searcher(engine).search(
            batch.queries,
            k,
            alpha=None if alpha is None else check_alpha(alpha),
            languages=search_languages(languages),
            query_languages=batch.languages,
            where=None if where is None else checked_text("where", where, "year >= 2000"),
            hybrid=hybrid,
            with_generated=queries,
        )
        hits = [Hits(one, with_fields=bool(self.fields)) for one in found]
        return hits[0] if batch.lone else hits

    def retrieve(
        self,
        questions: QuestionsLike | Benchmark,
        k: int = 100,
        *,
        out: PathLike | None = None,
        alpha: float | None = None,
        languages: str | Sequence[str] | None = None,
        query_language: str | None = None,
        data: PathLike | None = None,
        where: str | None = None,
        hybrid: bool = False,
        engine: str | None = None,
        encoder: EncoderLike | None = None,
        progress: bool = True,
    ) -> Run:
        """The best passages for many questions as a run: question id → [(passage id, score)], best first.

            >>> run = xqg.Index.open("my-index").retrieve([{"_id": "q1", "text": "Mikä on Suomen valuutta?"}], k=2,
            ...                                           out="run.trec", progress=False)
            >>> [len(pairs) for pairs in run.values()]
            [2]

        Args:
            questions: a JSONL file, a BEIR folder, a benchmark or its name; or texts (their ids are their
                numbers), `xqg.Question`s and dictionaries (`_id` or `id`, `text`, `language`) in a list.
            k: passages per question.
            out: TREC run to write, a new file.
            query_language: of questions that name none; of a benchmark: the one to ask in.
            data: folder with the files of a named benchmark.
            alpha, languages, where, hybrid, engine, encoder: as in `search`.

        Raises:
            XqgError: as `search`; malformed questions; `out` not usable.
        """
        checked_whole("k", k)
        check_flags(hybrid=hybrid)
        out = None if out is None else checked_path("out", out)
        if out is not None:
            check_new_file(out)
        check_query_language(query_language)
        asked, spoken = open_questions(questions, data, query_language)
        self._take(encoder)
        with bars(progress):
            searcher = self._searcher(engine)
            scores, rows = searcher.rank(
                [question.text for question in asked],
                k,
                alpha=None if alpha is None else check_alpha(alpha),
                languages=search_languages(languages),
                query_languages=spoken,
                where=None if where is None else checked_text("where", where, "year >= 2000"),
                hybrid=hybrid,
            )
        ids = searcher.index.ids()
        run = {
            question.id: [(ids[row], score) for row, score in zip(found, given, strict=True) if row >= 0]
            for question, found, given in zip(asked, rows.tolist(), scores.tolist(), strict=True)
        }
        if out is not None and (any(run.values()) or where is None):
            write_trec(out, run, tag="xqg")
        elif out is not None:  # a condition that no passage meets is an answer, too
            out.write_text("")
        return run

    def history(self) -> History:
        """The versions that one can go back to, oldest first; printed it is a table.

        >>> [one.command for one in xqg.Index.open("my-index").history()]
        ['index']
        """
        return History(index_history(self.path))

    def verify(self, *, progress: bool = True) -> Report:
        """Check every file, every version, every passage and the cache; nothing is changed.

            >>> xqg.Index.open("my-index").verify(progress=False).ok
            True

        `xqg.door.verify(path)` does the same where the index is too damaged to be opened.
        """
        return verify(self.path, progress=progress)

    def export(
        self,
        to: Literal["npy", "faiss", "beir", "trec-queries"] | str,
        out: PathLike,
        *,
        alpha: float | None = None,
        languages: str | Sequence[str] | None = None,
    ) -> str:
        """Write vectors, or passages and generated queries, for other programs; says in a line what was written.

            >>> xqg.Index.open("my-index").export("beir", "as-beir")
            'as-beir: 3 passages, 12 generated queries as questions, from version 1 of my-index'

        Args:
            to: `npy` and `faiss` hold the vectors that a search compares; `beir` passages and queries, which
                `build` reads back; `trec-queries` the queries, also as a file for `queries` of `build`.
            out: folder to make.
            alpha: weight of the generated queries in vectors; None: the index's.
            languages: of the queries that count in vectors (None: the stored weighting's), or are written
                (None: all).

        Raises:
            XqgError: an unknown format, `out` not usable, a wrong argument.
        """
        codes = None if languages is None else as_languages(languages)
        weight = None if alpha is None else check_alpha(alpha)
        written = export_index(self.stored, checked_path("out", out), to, alpha=weight, languages=codes)
        return f"{out}: {written}, from version {self.version} of {self.path}"

    def _searcher(self, engine: str | None) -> Searcher:
        """The searcher of an engine (None: the stored one), kept."""
        if engine is not None:
            checked_text("engine", engine, "Flat")
        with self._lock:
            if engine not in self._searchers:
                self._searchers[engine] = Searcher(
                    self.stored, load=lambda: self.encoder, engine=engine, say=note
                )
            return self._searchers[engine]

    def _take(self, encoder: EncoderLike | None) -> None:
        """Go on with an encoder that was given, if it is another than the last: a name is loaded later."""
        if encoder is None or encoder is self._given:
            return
        loaded = None if isinstance(encoder, str | os.PathLike) else self._checked(encoder)
        with self._lock:
            self._given, self._object = encoder, loaded
            self._encoders.clear()
            self._searchers.clear()

    def _checked(self, encoder: EncoderLike, device: str | None = None, dtype: str = "auto") -> Encoder:
        """The encoder with the index's lengths, if it is the one that the index was built with."""
        record = self.stored.manifest.encoder
        found = as_encoder(
            os.fspath(encoder) if isinstance(encoder, os.PathLike) else encoder,
            device=device,
            dtype=dtype,
            passage_length=record.passage_length,
            query_length=record.query_length,
        )
        check_encoder(self.stored, found)
        return found

    def _encoder(self, dtype: str) -> Encoder:
        if self._object is not None:
            return self._object
        with self._lock:
            if dtype not in self._encoders:
                loaded = (one for one in self._encoders.values() if getattr(one, "dtype", None) == dtype)
                self._encoders[dtype] = next(loaded, None) or self._load(dtype)
            return self._encoders[dtype]

    def _load(self, dtype: str) -> Encoder:
        if self._given is None:
            return load_index_encoder(self.stored, device=self._device, dtype=dtype)
        return self._checked(self._given, self._device, dtype)
