"""What a comparison is to do, checked as far as can be without a model."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xqg.augmentation import Fusion
from xqg.augmentation.aggregations import parse_aggregations
from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import (
    READER_MEASURES,
    Measure,
    check_reader,
    default_measures,
    parse,
    parse_many,
    reasons,
    tokenizer_name,
)
from xqg.experiment.filling import Chosen, choose
from xqg.experiment.plan import Plan
from xqg.experiment.queries import Needing, Queries, QueryFile, needed
from xqg.experiment.settings import Request, versions
from xqg.passages.records import Question

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.queries import AnyGenerator

__all__ = ["Task", "identity", "prepare"]

logger = logging.getLogger(__name__)

PER_LANGUAGE = 5


@dataclass(frozen=True)
class Task:
    """A request that can be carried out.

    Attributes:
        benchmark: with the questions to ask.
        complete: with all its questions.
        from_file: the generated queries, where a file has them; else empty.
    """

    request: Request
    benchmark: Benchmark
    complete: Benchmark
    measures: Sequence[Measure]
    plan: Plan
    chosen: Chosen
    file: QueryFile | None
    from_file: Queries

    @property
    def needs_generator(self) -> bool:
        """Whether queries are to be generated."""
        return self.file is None and self.chosen.needs_queries(self.plan)

    @property
    def spoken(self) -> list[str]:
        """The languages of questions and passages, sorted."""
        return sorted({*self.plan.query_languages, *self.plan.passage_languages})


def prepare(benchmark: Benchmark, request: Request) -> Task:
    """Check a request against the benchmark and the file of queries.

    Raises:
        XqgError: whatever is wrong with them.
    """
    parse_aggregations(",".join(request.aggregations))
    limited = _limited(benchmark, request)
    measures = _measures(request, limited)
    file = QueryFile.read(request.queries_file) if request.queries_file is not None else None
    plan = _plan(limited, request, file)
    chosen = choose(request, benchmark, plan, file)
    taken = file.take(plan, chosen.needing, benchmark.passages, request.n is None) if file else {}
    return Task(request, limited, benchmark, measures, plan, chosen, file, taken)


def _measures(request: Request, benchmark: Benchmark) -> list[Measure]:
    """Those asked for, with a reader's own where there is one; else the default, and what that leaves out is said."""
    reader = request.reader is not None
    if not request.measures:
        measures, left_out = default_measures(benchmark, benchmark.query_languages, reader=reader)
        for reason, names in reasons(left_out).items():
            logger.warning("left out: %s (%s)", names, reason)
        return measures
    measures = parse_many(request.measures)
    if reader and not any(measure.needs_reader for measure in measures):
        measures += map(parse, READER_MEASURES)
    check_reader(measures, reader=reader)
    return measures


def _limited(benchmark: Benchmark, request: Request) -> Benchmark:
    """The benchmark with the questions of the asked fold and languages, and the first `limit` of each."""
    if request.fold is not None:
        benchmark = benchmark.fold(*request.fold)
    languages = request.query_languages or benchmark.query_languages
    kept: list[Question] = []
    for language in languages:
        kept += benchmark.questions_in(language)[: request.limit]
    return dataclasses.replace(benchmark, questions=kept)


def _plan(benchmark: Benchmark, request: Request, file: QueryFile | None) -> Plan:
    """The languages and n: as asked, else what the file holds where anything needs queries, else 5."""
    plan = Plan(
        benchmark.passage_languages, benchmark.query_languages, request.targets, request.n or PER_LANGUAGE
    )
    if file is None or request.n is not None:
        return plan
    if request.arms is not None and request.baselines is not None:
        needing: list[Needing] = [*request.arms, *request.baselines]
        if not any(needed(plan, needing, code) for code in plan.passage_languages):
            return plan
    return dataclasses.replace(plan, n=file.per_language(plan, benchmark.passages))


def identity(task: Task, encoder: Encoder, generator: AnyGenerator | None, fusion: Fusion) -> dict[str, Any]:
    """Everything that the numbers depend on, known before the work starts: what settings.json holds."""
    return {
        "benchmark": task.benchmark.name,
        "data": task.benchmark.fingerprint,
        "passages": len(task.benchmark.passages),
        "questions": len(task.benchmark.questions),
        "passage_languages": list(task.plan.passage_languages),
        "query_languages": list(task.plan.query_languages),
        "target_languages": {code: list(task.plan.targets_of(code)) for code in task.plan.passage_languages},
        "mean_over": list(task.plan.mean_languages),
        "per_language": task.plan.n,
        "K": max(arm.count(task.plan) for arm in task.chosen.arms),
        "encoder": encoder.settings(),
        "generator": generator.settings() if generator else None,
        "queries_file": task.file.fingerprint if task.file else None,
        "arms": [arm.name for arm in task.chosen.arms],
        "arms_left_out": task.chosen.arms_left_out,
        "baselines": [baseline.name for baseline in task.chosen.baselines],
        "baselines_left_out": task.chosen.baselines_left_out,
        "measures": [measure.name for measure in task.measures],
        "fusion": fusion,
        "aggregation": task.request.aggregations[0],
        "aggregations": list(task.request.aggregations),
        "alpha": "tuned" if task.request.alpha is None else task.request.alpha,
        "seed": task.request.seed,
        "limit": task.request.limit,
        "fold": None if task.request.fold is None else "{}/{}".format(*task.request.fold),
        "tokenizer": tokenizer_name(),
        "versions": versions(),
    }
