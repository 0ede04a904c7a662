"""What a comparison is to do, checked as far as can be without a model."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xqg.augmentation import FUSIONS, Fusion, check_alpha
from xqg.augmentation.aggregations import parse_aggregations
from xqg.benchmarks.benchmark import Benchmark
from xqg.checks import checked_choice, checked_whole
from xqg.errors import XqgError
from xqg.evaluation import (
    READER_MEASURES,
    Measure,
    check_reader,
    default_measures,
    measures_of,
    reasons,
    tokenizer_name,
)
from xqg.experiment.answers import ReadingOptions
from xqg.experiment.folder import versions
from xqg.experiment.parts import Texts
from xqg.experiment.plan import Plan
from xqg.experiment.query_source import QueryFile, needed
from xqg.experiment.selection import Selection, Wanted
from xqg.experiment.setting import TUNED
from xqg.experiment.system import SYSTEMS
from xqg.passages import as_languages
from xqg.passages.records import Question
from xqg.queries import PER_LANGUAGE

__all__ = ["Design", "Options", "aggregations_of", "alpha_of", "fold_of", "seeds_of"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """The arguments of `compare` that say which questions are asked with which numbers of queries.

    Attributes:
        wanted: systems.
        query_languages: to ask in; None: all that the benchmark has.
        languages: targets; None: all question languages except the passage's.
        n: queries per target language; None: what a file holds, else `PER_LANGUAGE`.
        alpha: fixed; None: tuned.
        fusion: of the main table; None: the encoder's default.
        limit: questions per language; None: all.
        fold: (number from 0, folds): ask only the questions of these clusters; None: all.
        measures: None: those that apply.
        aggregations: the first is the main table's, every other gives variants.
    """

    wanted: Wanted
    query_languages: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    n: int | None = None
    alpha: float | None = None
    fusion: Fusion | None = None
    limit: int | None = None
    fold: tuple[int, int] | None = None
    measures: str | Sequence[Any] | None = None
    aggregations: tuple[str, ...] = ("sum",)
    reading: ReadingOptions | None = None


@dataclass(frozen=True)
class Design:
    """A comparison that can be carried out.

    Attributes:
        benchmark: with the questions to ask.
        complete: with all its questions.
        measures_left_out: of the default ones: name → reason.
        queries: the generated queries, where a file has them; else empty.
    """

    options: Options
    benchmark: Benchmark
    complete: Benchmark
    measures: Sequence[Measure]
    measures_left_out: dict[str, str]
    plan: Plan
    selection: Selection
    file: QueryFile | None
    queries: Texts

    @classmethod
    def of(cls, complete: Benchmark, options: Options, queries: Any, *, generator: bool) -> Design:
        """Check the options against the benchmark and the generated queries.

        Args:
            queries: that are there already, see `QueryFile.read`; None: none are.
            generator: whether there is one.

        Raises:
            XqgError: whatever is wrong with them.
        """
        benchmark = _asked(complete, options)
        measures, left_out = _measures(benchmark, options)
        file = QueryFile.read(queries) if queries is not None else None
        plan = _plan(benchmark, options, file)
        exact = options.n is None
        selection = Selection.of(options.wanted, complete, plan, file, generator=generator, exact=exact)
        taken: Texts = {}
        if file is not None:
            taken = file.take(plan, selection.systems, complete.passages, exact, options.wanted.argument)
        for reason, names in reasons(left_out).items():  # said once nothing is refused any more
            logger.warning("left out: %s (%s)", names, reason)
        return cls(options, benchmark, complete, measures, left_out, plan, selection, file, taken)

    @property
    def needs_generator(self) -> bool:
        """Whether queries are to be generated."""
        return self.file is None and self.selection.needs_queries(self.plan)

    @property
    def spoken(self) -> list[str]:
        """The languages of questions and passages, sorted."""
        return sorted({*self.plan.query_languages, *self.plan.passage_languages})

    def settings(
        self, encoder: Any, generator: Any, fusion: Fusion, seed: int, reader: Any
    ) -> dict[str, Any]:
        """Everything that the numbers depend on, known before the work starts: what settings.json holds.

        Args:
            encoder, generator, reader: loaded, with `settings()`; None: there is none.
        """
        options, plan, left_out = self.options, self.plan, self.selection.left_out
        arms = [system for system in self.selection.systems if system.augmented]
        others = [system for system in self.selection.systems if not system.augmented]
        return {
            "benchmark": self.benchmark.name,
            "data": self.benchmark.fingerprint,
            "passages": len(self.benchmark.passages),
            "questions": len(self.benchmark.questions),
            "passage_languages": list(plan.passage_languages),
            "query_languages": list(plan.query_languages),
            "target_languages": {code: list(plan.targets_of(code)) for code in plan.passage_languages},
            "mean_over": list(plan.mean_languages),
            "per_language": plan.n,
            "K": max((arm.count(plan) for arm in arms), default=0),
            "encoder": encoder.settings(),
            "generator": generator.settings() if generator else None,
            "queries_file": self.file.fingerprint if self.file else None,
            "arms": [arm.name for arm in arms],
            "arms_left_out": {name: why for name, why in left_out.items() if SYSTEMS[name].augmented},
            "baselines": [other.name for other in others],
            "baselines_left_out": {
                name: why for name, why in left_out.items() if not SYSTEMS[name].augmented
            },
            "measures": [measure.name for measure in self.measures],
            "fusion": fusion,
            "aggregation": options.aggregations[0],
            "aggregations": list(options.aggregations),
            "alpha": TUNED if options.alpha is None else options.alpha,
            "seed": seed,
            "limit": options.limit,
            "fold": None if options.fold is None else "{}/{}".format(*options.fold),
            "tokenizer": tokenizer_name(),
            "versions": versions(),
            "reader": reader.settings() if reader else None,
        }


def _asked(benchmark: Benchmark, options: Options) -> Benchmark:
    """The benchmark with the questions of the fold and languages, and the first `limit` of each."""
    if options.fold is not None:
        benchmark = benchmark.fold(*options.fold)
    kept: list[Question] = []
    for language in options.query_languages or benchmark.query_languages:
        kept += benchmark.questions_in(language)[: options.limit]
    return dataclasses.replace(benchmark, questions=kept)


def _measures(benchmark: Benchmark, options: Options) -> tuple[list[Measure], dict[str, str]]:
    reader = options.reading is not None
    if options.measures is None:
        return default_measures(benchmark, benchmark.query_languages, reader=reader)
    measures = measures_of(options.measures)
    if reader and not any(measure.needs_reader for measure in measures):
        measures += measures_of(list(READER_MEASURES))
    check_reader(measures, reader=reader)
    return measures, {}


def _plan(benchmark: Benchmark, options: Options, file: QueryFile | None) -> Plan:
    """The languages and n: as asked, else what the file holds where anything needs queries, else 5."""
    plan = Plan(
        benchmark.passage_languages, benchmark.query_languages, options.languages, options.n or PER_LANGUAGE
    )
    if file is None or options.n is not None:
        return plan
    if not options.wanted.optional and not any(
        needed(plan, options.wanted.required, code) for code in plan.passage_languages
    ):
        return plan
    return dataclasses.replace(plan, n=file.per_language(plan, benchmark.passages))


def alpha_of(alpha: float | str) -> float | None:
    """α, a command line's text of it too, or None for `tuned`.

    Raises:
        XqgError: anything else.
    """
    if alpha == TUNED:
        return None
    try:
        return check_alpha(float(alpha) if isinstance(alpha, str) else alpha)
    except ValueError:
        raise XqgError(f"`alpha` is {alpha!r}; give a number from 0 to 1, or `{TUNED}`") from None


def fusion_of(fusion: str | None) -> Fusion | None:
    """The fusion, checked; None stays None."""
    return None if fusion is None else checked_choice("fusion", fusion, FUSIONS)


def languages_of(languages: str | Iterable[str] | None, name: str = "languages") -> tuple[str, ...] | None:
    """Language codes of a text such as `ja,ru` or a list; None and `all` are None.

    Args:
        name: of the argument, for messages.
    """
    if languages is None or languages == "all":
        return None
    return tuple(as_languages(languages, name))


def positive(name: str, value: int | None) -> int | None:
    """A whole number of 1 or more; None stays None."""
    return None if value is None else checked_whole(name, value)


def fold_of(fold: str | tuple[int, int] | None) -> tuple[int, int] | None:
    """(number, folds) of `0/5`, or of the pair itself; None stays None.

    Raises:
        XqgError: it is not written so.
    """
    if fold is None:
        return None
    if isinstance(fold, tuple | list) and len(fold) == 2 and all(type(part) is int for part in fold):
        return fold[0], fold[1]
    number, slash, folds = str(fold).partition("/")
    if not (slash and number.isdecimal() and folds.isdecimal()):
        raise XqgError(f"`fold` is {fold!r}; give a fold's number, from 0, and how many there are, such as 0/5")
    return int(number), int(folds)


def aggregations_of(aggregations: str | Sequence[str]) -> tuple[str, ...]:
    """Names of aggregations, of a text such as `sum,max` or a list; the first is the main table's.

    Raises:
        XqgError: an unknown or repeated name, or none.
    """
    if not isinstance(aggregations, Iterable):
        raise XqgError(f"`aggregations` is {aggregations!r}; give names such as sum,max, or a list of them")
    return parse_aggregations(aggregations)


def seeds_of(seeds: str | Sequence[int] | None) -> tuple[int, ...] | None:
    """`0,1,2`, or a list: two or more different seeds; None stays None.

    Raises:
        XqgError: something else, or a seed twice.
    """
    if seeds is None:
        return None
    listed = seeds.split(",") if isinstance(seeds, str) else seeds if isinstance(seeds, Iterable) else ()
    parts = [str(part).strip() for part in listed]
    if not all(part.isdecimal() for part in parts) or len(set(parts)) < len(parts) or len(parts) < 2:
        raise XqgError(f"`seeds` is {seeds!r}; give two or more different whole numbers, such as 0,1,2")
    return tuple(map(int, parts))
