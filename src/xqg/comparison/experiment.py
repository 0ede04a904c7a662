"""The whole experiment: generate, encode, fuse, search, measure, compare (`xqg compare`)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion, default_fusion
from xqg.benchmarks.benchmark import Benchmark
from xqg.comparison import queries as query_source
from xqg.comparison.depth import depth_for
from xqg.comparison.evaluation import Asked, Outcome, run_setting
from xqg.comparison.parts import Parts, encode_parts
from xqg.comparison.plan import Plan
from xqg.comparison.results import write_comparison
from xqg.comparison.settings import Request, Setting, claim, file_hash, versions
from xqg.comparison.tuning import Tuned, folds_of, tune
from xqg.comparison.views import Comparison
from xqg.encoding import Encoder, VectorCache, load_encoder
from xqg.errors import XqgError
from xqg.evaluation import Measure, parse_many, tokenizer_name
from xqg.generation import load_generator
from xqg.models.card import warn_untrained
from xqg.passages.records import Question

if TYPE_CHECKING:
    from xqg.generation import Generator

__all__ = ["compare", "default_measures"]

PER_LANGUAGE = 5


def compare(benchmark: Benchmark, encoder_name: str, request: Request) -> Comparison:
    """Run a comparison and write it to `request.out` (spec §8); interrupted, it goes on.

    Generated queries (`queries/`) and vectors (`vectors/`) are kept in the folder and taken from
    there. Everything is checked before the first query is generated.

    Raises:
        XqgError: whatever is wrong with the request, the data or the models.
    """
    started = time.monotonic()
    benchmark = _limited(benchmark, request)
    measures = parse_many(request.measures) if request.measures else default_measures(benchmark)
    plan = _plan(benchmark, request)
    arms = request.arms
    needs_queries = _needs_queries(plan, request)
    if needs_queries and request.generator is None and request.queries_file is None:
        raise XqgError(
            "the arms need generated queries; give --generator M or --queries FILE, or --arms none"
        )
    encoder = load_encoder(
        encoder_name, device=request.device, dtype=request.dtype, passage_length=benchmark.passage_length
    )
    fusion = request.fusion or default_fusion(encoder.similarity)
    generator = None
    if needs_queries and request.queries_file is None and request.generator is not None:
        generator = load_generator(request.generator, device=request.device, dtype=request.dtype)
    settings = _settings(benchmark, encoder, generator, plan, measures, request, fusion)
    if request.queries_file is not None:  # a bad file is found before anything is encoded or written
        exact = request.n is None
        generated = query_source.from_file(request.queries_file, plan, arms, benchmark.passages, exact)
        claim(request.out, settings)
    else:
        claim(request.out, settings)
        generated = {}
        if generator is not None:
            visible = encoder.visible_prefix([p.full_text for p in benchmark.passages])
            generated = query_source.from_generator(
                plan, arms, benchmark.passages, visible, generator, request.seed, request.out / "queries"
            )
    settings["blank_queries"] = sum(
        not text.strip()
        for of_passage in generated.values()
        for texts in of_passage.values()
        for text in texts
    )
    settings["queries_in_asked_language"] = query_source.language_shares(generated, _spoken(plan))
    settings["untrained_languages"] = {
        "encoder": warn_untrained("encoder", encoder.name, encoder.languages, _spoken(plan)),
        "generator": warn_untrained("generator", generator.name, generator.languages, generated)
        if generator
        else [],
    }
    cache = VectorCache(request.out / "vectors")
    parts = encode_parts(benchmark.passages, generated, plan, encoder, cache, progress=True)
    asked = _ask(benchmark.questions, plan, encoder, cache)
    outcomes = _outcomes(benchmark, request, fusion, parts, asked, measures, encoder, cache)
    settings["seconds"] = round(time.monotonic() - started, 1)
    comparison = Comparison(benchmark, plan, arms, measures, outcomes, settings)
    write_comparison(comparison, request.out)
    return comparison


def default_measures(benchmark: Benchmark) -> list[Measure]:
    """`R@1 R@5 RR@10`, and where questions have answers `Answer@1 Answer@5`, and `R@2kt` in English."""
    names = ["R@1", "R@5", "RR@10"]
    if benchmark.passage_answers or all(question.answers for question in benchmark.questions):
        names += ["Answer@1", "Answer@5"]
        if benchmark.passage_languages == ("en",):
            names.append("R@2kt")
    return parse_many(" ".join(names))


def _limited(benchmark: Benchmark, request: Request) -> Benchmark:
    """The benchmark with the asked languages and the first `limit` questions of each."""
    languages = request.query_languages or benchmark.query_languages
    kept: list[Question] = []
    for language in languages:
        kept += benchmark.questions_in(language)[: request.limit]
    return dataclasses.replace(benchmark, questions=kept)


def _plan(benchmark: Benchmark, request: Request) -> Plan:
    languages = benchmark.query_languages
    plan = Plan(benchmark.passage_languages, languages, request.targets, request.n or PER_LANGUAGE)
    if request.queries_file is not None and request.n is None and _needs_queries(plan, request):
        n = query_source.per_language_of(request.queries_file, plan, benchmark.passages)
        plan = dataclasses.replace(plan, n=n)
    return plan


def _needs_queries(plan: Plan, request: Request) -> bool:
    return any(query_source.needed(plan, request.arms, code) for code in plan.passage_languages)


def _spoken(plan: Plan) -> list[str]:
    return sorted({*plan.query_languages, *plan.passage_languages})


def _settings(
    benchmark: Benchmark,
    encoder: Encoder,
    generator: Generator | None,
    plan: Plan,
    measures: Sequence[Measure],
    request: Request,
    fusion: Fusion,
) -> dict[str, Any]:
    """Everything that the numbers depend on, known before the work starts."""
    return {
        "benchmark": benchmark.name,
        "data": benchmark.fingerprint,
        "passages": len(benchmark.passages),
        "questions": len(benchmark.questions),
        "passage_languages": list(plan.passage_languages),
        "query_languages": list(plan.query_languages),
        "target_languages": {code: list(plan.targets_of(code)) for code in plan.passage_languages},
        "mean_over": list(plan.mean_languages),
        "per_language": plan.n,
        "K": max(arm.count(plan) for arm in request.arms),
        "encoder": encoder.settings(),
        "generator": generator.settings() if generator else None,
        "queries_file": file_hash(request.queries_file) if request.queries_file else None,
        "arms": [arm.name for arm in request.arms],
        "measures": [measure.name for measure in measures],
        "fusion": fusion,
        "aggregation": "sum",
        "alpha": "tuned" if request.alpha is None else request.alpha,
        "seed": request.seed,
        "limit": request.limit,
        "tokenizer": tokenizer_name(),
        "versions": versions(),
    }


def _ask(questions: Sequence[Question], plan: Plan, encoder: Encoder, cache: VectorCache) -> Asked:
    found = {}
    for language in plan.query_languages:
        mine = [question for question in questions if question.language == language]
        found[language] = (
            mine,
            cache.encode(encoder, "queries", [question.text for question in mine], progress=True),
        )
    return found


def _outcomes(
    benchmark: Benchmark,
    request: Request,
    fusion: Fusion,
    parts: Parts,
    asked: Asked,
    measures: Sequence[Measure],
    encoder: Encoder,
    cache: VectorCache,
) -> list[Outcome]:
    """The asked setting first, then its variants: the other fusion, and the paper's fixed α."""
    alphas: list[float | None] = [request.alpha] if request.alpha is not None else [None, DEFAULT_ALPHA]
    fusions = (fusion, *(other for other in FUSIONS if other != fusion))
    depth = depth_for(measures, benchmark)
    tuning = _tuning_questions(benchmark, parts.plan, asked, encoder, cache) if None in alphas else None
    outcomes = []
    for alpha in alphas:
        for each in fusions:
            tuned: dict[str, Tuned] = {}
            if alpha is None and tuning is not None:
                ids = [passage.id for passage in benchmark.passages]
                tuned = {
                    arm.name: tune(arm, each, parts, tuning[0], tuning[1], ids, tuning[2])
                    for arm in request.arms
                    if arm.name != "none"  # it has no queries to weigh
                }
            setting = Setting(each, alpha)
            outcomes.append(
                run_setting(setting, request.arms, parts, asked, benchmark, measures, tuned, depth)
            )
    return outcomes


def _tuning_questions(
    benchmark: Benchmark, plan: Plan, asked: Asked, encoder: Encoder, cache: VectorCache
) -> tuple[Asked, Any, dict[str, int] | None]:
    """(questions, judgements, folds): a dev set of its own, or the questions in five folds."""
    if benchmark.tuning_questions:
        dev = _ask(benchmark.tuning_questions, plan, encoder, cache)
        return {code: dev[code] for code in plan.mean_languages}, benchmark.tuning_qrels, None
    own = {code: asked[code] for code in plan.mean_languages}
    ids = [question.id for questions, _ in own.values() for question in questions]
    groups = {id_: benchmark.groups[id_] for id_ in dict.fromkeys(ids)}
    return own, benchmark.qrels, folds_of(groups)
