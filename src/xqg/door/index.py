"""An index from Python: a folder of passages and their generated queries that is built, searched and changed.

What the command line does to an index it does through this class.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.augmentation import FUSIONS, check_alpha
from xqg.benchmarks import Benchmark
from xqg.checks import (
    check_flags,
    checked_choice,
    checked_path,
    checked_text,
    checked_whole,
)
from xqg.door.blueprint import Blueprint, Settings
from xqg.door.plan import plan_of, take_sample
from xqg.door.query_sources import like_the_others, written_queries
from xqg.door.reports import ChangeReport, Facts, write_left_out
from xqg.door.searchable import SearchableIndex
from xqg.door.signatures import takes
from xqg.door.sources import open_passages
from xqg.door.types import GeneratorLike, PathLike
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.integrity import lost_version
from xqg.index.languages import add_languages
from xqg.index.manifest import FORMAT
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.index.sources import QuerySource
from xqg.index.store import DATASET
from xqg.index.upgrade import upgrade_index
from xqg.kept import check_absent
from xqg.passages import PassagesLike, as_languages
from xqg.progress import bars, changing, note
from xqg.queries.inputs import QueriesLike
from xqg.search.cache import prepare_engine
from xqg.search.engines import check_engine
from xqg.units import size

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from xqg.encoding import Encoder

__all__ = ["Index"]


class Index(SearchableIndex):
    """An index: passages with the generated queries that augment their vectors, in a folder.

    `build` and `open` make one. Searching it and looking into it is what `SearchableIndex` has; a change
    through this object makes a new version, with which the object goes on.
    """

    @classmethod
    @takes(Blueprint)
    def build(
        cls,
        out: PathLike,
        passages: PassagesLike | Benchmark,
        *,
        progress: bool = True,
        **settings: Unpack[Settings],
    ) -> Index:
        """Make an index of passages, with generated queries or without.

            >>> index = xqg.Index.build("my-index", "passages.jsonl", encoder="mini", generator="mini",
            ...                         languages=["ja", "fi"], per_language=2, progress=False)
            >>> index
            Index my-index: 3 passages, 12 generated queries in fi, ja, version 1

        What an interrupted build did is kept in OUT.parts; the same call goes on there. Once it is done, the
        same call opens the index.

        Args:
            out: the folder to make; its parent must be there.
            passages: a JSONL file, a BEIR folder, a benchmark or its name; or `xqg.Passage`s and dictionaries
                (`_id` or `id`, `title`, `text`, `language`; other keys are fields) in a list or any other
                iterable, which is taken into a list.
            progress: show a bar, in a terminal or a notebook.
            encoder: a name (`minilm`), a folder, a hub id, or an object that encodes.
            generator: of the queries: a name (`mini`), a folder, a hub id, or an object that generates.
            queries: that are there, in place of a generator: a file, a folder of files, or a list, as
                `xqg.generate` gives it.
            languages: to generate in, or to take of `queries`: `"ja,fi"` or a list.
            per_language: queries to generate per passage and language (5).
            seed: of the sampling (0).
            alpha: weight of the generated queries, 0 to 1.
            fusion: `raw` or `normalised`; None: raw for dot product, normalised for cosine.
            filters: of generated queries: `"language,round-trip:10,best:0.7"`.
            engine: Faiss factory string of the engine that serves the stored weighting.
            vectors: passage vectors that are there already (.npy), and `ids`, a file with the passage id of
                each row.
            skip_bad: leave out bad rows and passages, and list them in OUT.bad.jsonl.
            language_report: count generated queries in a wrong language.
            passage_language: of passages that name none (`en`); of a named benchmark: the pool's.
            passage_length: encoder tokens read of a passage (512, or the encoder's maximum).
            query_length: encoder tokens read of questions and queries (256, or the encoder's maximum).
            data: folder with the files of a named benchmark.
            block_size: passages sampled as one batch (64); another size gives other queries.
            device: `cpu`, `cuda`, `mps`; None: a GPU where there is one.
            dtype: number type of the models: `float32`, `bfloat16`, `float16` or `auto`.

        Raises:
            XqgError: a wrong argument (before a model is loaded), malformed files, an unknown model, `out`
                not usable.
        """
        out = checked_path("out", out)
        there = (out / DATASET).is_dir()  # finished already, perhaps: the build knows, once all is read
        if not there:
            check_absent(out)
        with bars(progress):
            blueprint = Blueprint(passages, **settings)
            stored = blueprint.build(out)
            prepare_engine(stored, note)
        refused = stored.message.get("bad_vectors", [])
        left_out = write_left_out(out, passages, blueprint.pool.bad, refused)
        index = cls(stored, blueprint.encoder, device=settings.get("device"))
        index.last_change = ChangeReport.of_build(stored, blueprint, there, left_out)
        return index

    @staticmethod
    @takes(Blueprint)
    def plan(
        passages: PassagesLike | Benchmark,
        *,
        sample: float = 60.0,
        progress: bool = True,
        **settings: Unpack[Settings],
    ) -> Facts:
        """Predict the hours, the disk and the queries of `Index.build` with the same arguments.

            >>> plan = xqg.Index.plan("passages.jsonl", encoder="mini", sample=0, progress=False)
            >>> plan["passages"], plan["vector_bytes_per_passage"]
            (3, 384)

        A sample of the passages is indexed, with the models and on the device named, and thrown away.

        Args:
            sample: seconds to spend on it.

        Raises:
            XqgError: as `build`.
        """
        if isinstance(sample, bool) or not isinstance(sample, int | float) or not sample >= 0:
            raise XqgError(f"`sample` is {sample!r}; give the seconds to spend on it, 0 or more")
        began = time.perf_counter()
        with bars(progress), tempfile.TemporaryDirectory(prefix="xqg-plan-") as folder:
            blueprint = Blueprint(passages, **settings)
            loading = time.perf_counter() - began
            return plan_of(blueprint, take_sample(blueprint, sample, Path(folder)), loading)

    def add(
        self,
        passages: PassagesLike | Benchmark,
        *,
        queries: QueriesLike | None = None,
        no_queries: bool = False,
        replace: bool = False,
        skip_bad: bool = False,
        passage_language: str | None = None,
        data: PathLike | None = None,
        generator: GeneratorLike | None = None,
        progress: bool = True,
    ) -> ChangeReport:
        """Add passages, with queries of the index's own generator or with those given, in one new version.

            >>> index = xqg.Index.open("my-index")
            >>> index.add([{"id": "oslo", "title": "Oslo", "text": "Oslo is the capital of Norway."}], progress=False)
            my-index: version 2, 4 passages; 1 added

        After an interruption the same call goes on.

        Args:
            passages: as in `build`.
            queries: generated queries of these passages, as in `build`.
            no_queries: add them without generated queries.
            replace: passages whose ids the index holds take their place; without it they are refused.
            skip_bad: leave out bad rows and passages, and list them in INDEX.bad.jsonl.
            passage_language: of passages that name none.
            data: folder with the files of a named benchmark.
            generator: the index's own, where it cannot be found by its name, or as an object.

        Raises:
            XqgError: an id that the index holds, another encoder or generator, a field or language that the
                index lacks, malformed rows, an unfinished change.
        """
        check_flags(no_queries=no_queries, replace=replace, skip_bad=skip_bad)
        if queries is not None and no_queries:
            raise XqgError("`queries` and `no_queries` exclude each other; give one of them")
        before = self._latest()
        pool = open_passages(passages, data, passage_language, skip_bad=skip_bad).passages
        encoder = self._encoder_of_changes()
        source: QuerySource | None = None
        if queries is not None:
            source = written_queries(queries, before, None)
        elif not no_queries and before.languages:
            if before.generation.fingerprint is None:
                have = ", ".join(before.languages)
                raise XqgError(
                    f"{before.path}: its generated queries ({have}) came from a file; give those of the new passages "
                    "(`queries`), or add them without (`no_queries`)"
                )
            source = like_the_others(
                before, encoder, before.languages, generator=generator, device=self._device
            )
        each = (source.generation.per_language or 0) * len(source.languages) if source else 0
        with bars(progress), changing(each) as listener:
            after = add_passages(
                self.path,
                pool,
                encoder,
                queries=source,
                replacing=replace,
                skip_bad=skip_bad,
                progress=listener,
            )
        about = after.message
        left_out = write_left_out(self.path, passages, pool.bad, about["bad_vectors"])
        what = f"{about['added']:,} added" + (
            f", {about['replaced']:,} replaced" if about["replaced"] else ""
        )
        return self._changed(ChangeReport.of_change(before, after, what, left_out=left_out), after)

    def remove(self, ids: str | Iterable[str], *, missing_ok: bool = False) -> ChangeReport:
        """Remove passages by id, in one new version; they stay in the versions before it until `compact(keep=1)`.

            >>> xqg.Index.open("my-index").remove(["iceland"])
            my-index: version 2, 2 passages; 1 removed

        Args:
            ids: one, or several.
            missing_ok: pass over ids that the index does not hold.

        Raises:
            XqgError: an id that the index does not hold; nothing would be left; an unfinished change.
        """
        check_flags(missing_ok=missing_ok)
        wanted = [ids] if isinstance(ids, str) else list(ids) if isinstance(ids, Iterable) else [ids]
        if not wanted or not all(isinstance(id_, str) for id_ in wanted):
            raise XqgError(f"`ids` is {ids!r}; give passage ids, one or more texts")
        before = self._latest()
        after = remove_passages(self.path, wanted, missing_ok=missing_ok)
        what = f"{after.message.get('removed', 0):,} removed"
        return self._changed(ChangeReport.of_change(before, after, what), after)

    def add_language(
        self,
        languages: str | Sequence[str],
        *,
        queries: QueriesLike | None = None,
        generator: GeneratorLike | None = None,
        per_language: int | None = None,
        seed: int | None = None,
        progress: bool = True,
    ) -> ChangeReport:
        """Add generated queries in further languages for every passage; they count in searches from then on.

            >>> xqg.Index.open("my-index").add_language("ar", progress=False)
            my-index: version 2, 3 passages; generated queries added: ar 6

        Only new columns are written, in one new version. After an interruption the same call goes on.

        Args:
            languages: `"ar"`, `"ar,te"` or a list.
            queries: that are there, in place of a generator.
            generator: None: that of the index's other queries.
            per_language: queries per passage and language; None: as the others, or 5.
            seed: of the sampling; None: as the others.

        Raises:
            XqgError: a language that the index has, another encoder or generator, an unfinished change.
        """
        codes = as_languages(languages)
        if queries is not None and (generator is not None or per_language is not None or seed is not None):
            raise XqgError(
                "`queries` excludes `generator`, `per_language` and `seed`; give the one or the others"
            )
        if per_language is not None:
            checked_whole("per_language", per_language)
        if seed is not None:
            checked_whole("seed", seed, least=None)
        before = self._latest()
        encoder = self._encoder_of_changes()
        source: QuerySource
        if queries is not None:
            source = written_queries(queries, before, codes)
        else:
            source = like_the_others(
                before,
                encoder,
                codes,
                generator=generator,
                per_language=per_language,
                seed=seed,
                device=self._device,
            )
        with bars(progress), changing((source.generation.per_language or 0) * len(codes)) as listener:
            after = add_languages(self.path, encoder, source, progress=listener)
        counts = after.query_counts
        what = ", ".join(f"{code} {counts[code]:,}" for code in source.languages)
        return self._changed(ChangeReport.of_change(before, after, f"generated queries added: {what}"), after)

    def reweight(
        self,
        *,
        alpha: float | None = None,
        languages: str | Sequence[str] | None = None,
        fusion: str | None = None,
        engine: str | None = None,
        progress: bool = True,
    ) -> ChangeReport:
        """Set what searches use where they say nothing else, in one new version; no vector is touched.

            >>> xqg.Index.open("my-index").reweight(alpha=0.1, engine="HNSW32", progress=False)
            my-index: version 2, 3 passages; alpha 0.1, normalised, fi, ja, engine HNSW32

        Args:
            alpha: weight of the generated queries, 0 to 1.
            languages: of those that count: `"ja,fi"` or a list, `"all"` stored ones, `"none"` or an empty list.
            fusion: `raw` or `normalised`.
            engine: Faiss factory string; one that approximates is built at once.

        Raises:
            XqgError: nothing to set, a wrong argument, an unfinished change.
        """
        before = self._latest()
        chosen: Sequence[str] | None = None
        if languages is not None:
            named: dict[Any, Sequence[str]] = {"all": before.languages, "none": ()}
            key = languages if isinstance(languages, str) else None if languages else "none"
            chosen = named[key] if key in named else as_languages(languages)
        if engine is not None:
            check_engine(checked_text("engine", engine, "Flat"), before.manifest.dimension, len(before))
        with bars(progress):
            after = reweight_index(
                self.path,
                alpha=None if alpha is None else check_alpha(alpha),
                languages=chosen,
                fusion=None if fusion is None else checked_choice("fusion", fusion, FUSIONS),
                engine=engine,
            )
            manifest = after.manifest
            counted = ", ".join(manifest.weighted) or "no language"
            what = f"alpha {manifest.alpha:g}, {manifest.fusion}, {counted}, engine {manifest.engine}"
            report = self._changed(ChangeReport.of_change(before, after, what), after)
            if engine is not None:
                prepare_engine(after, note)
        return report

    def compact(self, keep: int | None = None, *, progress: bool = True) -> ChangeReport:
        """Write the index into fewer files, and delete what interrupted changes left.

            >>> report = xqg.Index.open("my-index").compact(keep=1, progress=False)
            >>> report.version, report.passages, report.changed
            (1, 3, False)

        Nothing that can be read changes. Versions of `history()` stay, unless `keep` says otherwise:
        `keep=1` is what takes removed passages off the disk.

        Args:
            keep: versions to keep, the latest; None: all.

        Raises:
            XqgError: `keep` below 1, an unfinished change.
        """
        if keep is not None:
            checked_whole("keep", keep)
        before = self._latest()
        size_before = before.disk_bytes()["dataset"]
        with bars(progress), changing() as listener:
            after = compact_index(self.path, keep=keep, progress=listener)
        size_after = after.disk_bytes()["dataset"]
        sizes = f"; {size(size_before)} before, {size(size_after)} now"
        what = f"{after.files:,} data file{'s' if after.files > 1 else ''}"
        report = ChangeReport.of_change(before, after, what, sizes, changed=size_after < size_before)
        return self._changed(report, after)

    def restore(self, version: int) -> ChangeReport:
        """Make an earlier version the latest one again, as a new version; those between stay in the history.

            >>> index = xqg.Index.open("my-index")
            >>> index.remove("japan")
            my-index: version 2, 2 passages; 1 removed
            >>> index.restore(1)
            my-index: version 3, 3 passages; as version 1 was

        Args:
            version: one of `history()`.

        Raises:
            XqgError: no such version, an unfinished change.
        """
        checked_whole("version", version)
        lost = lost_version(self.path)
        before = StoredIndex.open(self.path, lost_ok=True)
        after = restore_index(self.path, version)
        what = f"as version {after.message.get('restored', after.version)} was"
        what += "" if lost is None else f"; version {lost}, which was lost, is given up"
        return self._changed(ChangeReport.of_change(before, after, what, changed=lost is not None), after)

    @classmethod
    def upgrade(cls, path: PathLike) -> Self:
        """Convert an index of format 2, which earlier versions of xqg made, and open it; nothing is encoded.

        The versions before stay in the history, but one cannot go back to them. An index of this format
        stays as it is.

            >>> xqg.Index.upgrade("my-index").last_change
            my-index: version 1, 3 passages; nothing to do, it is so already

        Raises:
            XqgError: no index there; one of a format before 2, or of a newer xqg; a damaged file; a change
                that another xqg began and did not finish.
        """
        folder = checked_path("path", path)
        before, stored = upgrade_index(folder)
        index = cls(stored)
        what = f"converted from format {FORMAT - 1} to {FORMAT}"
        changed = stored.version > before
        done = what if changed else "nothing to do, it is so already"
        line = f"{stored.path}: version {stored.version}, {len(stored):,} passages; {done}"
        index.last_change = ChangeReport(stored.version, len(stored), changed, stored.message, [line])
        return index

    def _latest(self) -> StoredIndex:
        """The version that a change begins with: another process may have made one meanwhile."""
        return self.stored.latest()

    def _changed(self, report: ChangeReport, after: StoredIndex) -> ChangeReport:
        """Go on with the version that a change made."""
        with self._lock:
            self.stored = after
            self._searchers.clear()
            self.last_change = report
        return report

    def _encoder_of_changes(self) -> Encoder:
        """In the number type that the index was made with."""
        return self._encoder(self.stored.manifest.encoder.dtype)
