"""The whole experiment: generate, encode, fuse, search, measure, compare (`xqg compare`)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xqg.augmentation import Fusion, default_fusion
from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import Encoder, VectorCache, load_encoder
from xqg.evaluation import depth_for
from xqg.experiment.answering import Ceiling, Reading, load_reading, read_outcomes
from xqg.experiment.arms import Arm, TextSource
from xqg.experiment.cost import Cost
from xqg.experiment.evaluation import Trial
from xqg.experiment.outcomes import TuningQuestions, ask, outcomes_of, settings_of, tuning_questions
from xqg.experiment.parts import Parts, encode_parts
from xqg.experiment.queries import Queries, from_generator, language_shares
from xqg.experiment.results import write_comparison
from xqg.experiment.settings import Request, claim
from xqg.experiment.task import Task, identity, prepare
from xqg.experiment.views import Comparison
from xqg.models.card import warn_untrained
from xqg.queries import load_generator

if TYPE_CHECKING:
    from xqg.queries import AnyGenerator

__all__ = ["Assembled", "assemble", "compare"]


@dataclass(frozen=True)
class Assembled:
    """Everything that rankings are made of: models loaded, queries there, texts encoded.

    Attributes:
        fusion: of the main table.
        tuning: what α is chosen on; None where it is fixed.
        settings: what results.json says; `compare` adds what it finds on the way.
    """

    task: Task
    encoder: Encoder
    generator: AnyGenerator | None
    fusion: Fusion
    queries: Queries
    trial: Trial
    tuning: TuningQuestions | None
    settings: dict[str, Any]
    cost: Cost
    cache: VectorCache
    reading: Reading | None


def compare(benchmark: Benchmark, encoder_name: str, request: Request) -> Comparison:
    """Run a comparison and write it to `request.out` (spec §8); interrupted, it goes on.

    Generated queries (`queries/`), vectors (`vectors/`) and a reader's answers (`answers/`) are kept
    in the folder and taken from there. Everything is checked before the first query is generated.

    Raises:
        XqgError: whatever is wrong with the request, the data or the models.
    """
    started = time.monotonic()
    parts = assemble(benchmark, encoder_name, request)
    task, trial, settings = parts.task, parts.trial, parts.settings
    outcomes = outcomes_of(settings_of(request.aggregations, request.alpha, parts.fusion), trial, parts.tuning)
    ceiling: Ceiling = {}
    if parts.reading is not None:
        with parts.cost.stage("reading"):
            questions = {code: asked for code, (asked, _) in trial.asked.items()}
            ceiling = read_outcomes(parts.reading, outcomes, trial.measures, questions)
    settings["cost"] = parts.cost.to_dict()
    settings["seconds"] = round(time.monotonic() - started, 1)
    comparison = Comparison(
        task.benchmark,
        task.plan,
        trial.arms,
        trial.measures,
        outcomes,
        settings,
        baselines=trial.baselines,
        ceiling=ceiling,
    )
    write_comparison(comparison, request.out)
    return comparison


def assemble(benchmark: Benchmark, encoder_name: str, request: Request) -> Assembled:
    """Check the request, claim its folder, load the models, generate or read queries, encode.

    Raises:
        XqgError: whatever is wrong with the request, the data or the models.
    """
    cost = Cost()
    task = prepare(benchmark, request)
    encoder = load_encoder(
        encoder_name,
        device=request.device,
        dtype=request.dtype,
        passage_length=request.passage_length or benchmark.passage_length,
        query_length=request.query_length,
    )
    generator = None
    if task.needs_generator and request.generator is not None:
        generator = load_generator(request.generator, device=request.device, dtype=request.dtype)
    kept = request.kept or request.out
    reading = load_reading(request.reader, task.complete, task.plan.query_languages, kept, request.device)
    fusion = request.fusion or default_fusion(encoder.similarity)
    settings = identity(task, encoder, generator, fusion)
    settings["reader"] = reading.settings() if reading else None
    claim(request.out, settings)
    queries = task.from_file
    if generator is not None:
        with cost.stage("generating"):
            queries = _generated(task, encoder, generator)
    cost.generated_queries = sum(len(texts) for of in queries.values() for texts in of.values())
    settings |= _described(task, queries, encoder, generator)
    cache = VectorCache(kept / "vectors")
    with cost.stage("encoding"):
        trial = _trial(task, queries, encoder, cache, cost, reading)
        tuning = None
        if request.alpha is None:
            tuning = tuning_questions(task.benchmark, task.plan, trial.asked, encoder, cache)
    settings["queries_per_passage"] = {arm.name: _per_passage(arm, trial.parts) for arm in trial.arms}
    return Assembled(
        task, encoder, generator, fusion, queries, trial, tuning, settings, cost, cache, reading
    )


def _generated(task: Task, encoder: Encoder, generator: AnyGenerator) -> Queries:
    passages = task.benchmark.passages
    visible = encoder.visible_prefix([passage.full_text for passage in passages])
    folder = task.request.out / "queries"
    return from_generator(
        task.plan, task.chosen.needing, passages, visible, generator, task.request.seed, folder
    )


def _described(
    task: Task, queries: Queries, encoder: Encoder, generator: AnyGenerator | None
) -> dict[str, Any]:
    """What the generated queries are like, and what the models were not trained for."""
    texts = [text for of_passage in queries.values() for mine in of_passage.values() for text in mine]
    untrained = {
        "encoder": warn_untrained("encoder", encoder.name, encoder.languages, task.spoken),
        "generator": warn_untrained("generator", generator.name, generator.languages, queries)
        if generator
        else [],
    }
    return {
        "blank_queries": sum(not text.strip() for text in texts),
        "queries_in_asked_language": language_shares(queries, task.spoken),
        "untrained_languages": untrained,
    }


def _trial(
    task: Task,
    queries: Queries,
    encoder: Encoder,
    cache: VectorCache,
    cost: Cost,
    reading: Reading | None,
) -> Trial:
    """Encode passages, generated queries, the arms' own texts and the questions."""
    seed, passages = task.request.seed, task.benchmark.passages
    source = TextSource(task.complete, task.plan, queries, seed, encoder)
    own = {arm.name: arm.texts(source) for arm in task.chosen.arms}
    parts = encode_parts(passages, queries, task.plan, encoder, cache, own=own, seed=seed)
    return Trial(
        task.benchmark,
        task.chosen.arms,
        parts,
        ask(task.benchmark.questions, task.plan, encoder, cache),
        reading.measures(task.measures) if reading else task.measures,
        depth_for(task.measures, task.benchmark),
        task.chosen.baselines,
        queries,
        cost,
    )


def _per_passage(arm: Arm, parts: Parts) -> float:
    """The mean number of queries in a passage's vector, over passages and question languages."""
    languages = parts.plan.query_languages
    counts = [group.counts.sum() for language in languages for group in arm.queries(parts, language)]
    return float(np.sum(counts)) / (len(parts.passages) * len(languages))
