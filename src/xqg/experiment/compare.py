"""The whole experiment: generate, encode, rank, measure, compare (`xqg.compare`, `xqg compare`)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xqg.augmentation import DEFAULT_ALPHA, Fusion, default_fusion
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.benchmarks import Benchmark
from xqg.benchmarks import benchmark as load_benchmark
from xqg.checks import checked_whole
from xqg.encoding import Encoder, VectorCache, as_encoder
from xqg.errors import XqgError
from xqg.evaluation import Run, chance_of, depth_for, measures_of
from xqg.experiment.answers import Ceiling, Reading, ReadingOptions
from xqg.experiment.cost import Cost
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.design import (
    Design,
    Options,
    aggregations_of,
    alpha_of,
    fold_of,
    fusion_of,
    languages_of,
    positive,
    seeds_of,
)
from xqg.experiment.folder import check_folder, claim
from xqg.experiment.parts import encode_parts, encode_questions
from xqg.experiment.query_source import from_generator, language_shares
from xqg.experiment.results import Results
from xqg.experiment.run_files import RunFiles
from xqg.experiment.scale import Scale
from xqg.experiment.selection import Names, wanted_systems
from xqg.experiment.setting import Setting, settings_of
from xqg.experiment.system import AugmentedVectors, TextSource
from xqg.experiment.trial import Outcome, Trial, run_setting
from xqg.experiment.tuning import Tuned, TuningQuestions, tune
from xqg.models.card import warn_untrained
from xqg.progress import bars
from xqg.queries import as_generator

if TYPE_CHECKING:
    from xqg.experiment.parts import Parts, Texts
    from xqg.passages.records import Question
    from xqg.queries import Generator

__all__ = ["Material", "Models", "compare", "prepare"]


def compare(
    benchmark: str | Path | Benchmark,
    *,
    encoder: Any,
    generator: Any = None,
    queries: Any = None,
    systems: Names = None,
    arms: Names = None,
    baselines: Names = None,
    out: str | Path | None = None,
    data: str | Path | None = None,
    passage_language: str | None = None,
    query_languages: str | Sequence[str] | None = None,
    languages: str | Sequence[str] | None = None,
    per_language: int | None = None,
    alpha: float | str = DEFAULT_ALPHA,
    fusion: str | None = None,
    aggregations: str | Sequence[str] = ("sum",),
    measures: str | Sequence[Any] | None = None,
    reader: Any = None,
    reader_question: str | None = None,
    read_top: int | None = None,
    reader_dtype: str = "auto",
    seed: int = 0,
    seeds: str | Sequence[int] | None = None,
    limit: int | None = None,
    fold: str | tuple[int, int] | None = None,
    passage_length: int | None = None,
    query_length: int | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> Results:
    """Compare systems on a benchmark: which generated queries help retrieval, and by how much.

        >>> results = xqg.compare("countries", encoder="mini", queries="queries.jsonl", alpha="tuned", measures="R@1",
        ...                       systems=["none", "mono", "cross", "bm25"], progress=False)
        >>> results
        <Results of countries: none, mono, cross, bm25; 1 measure, 4 settings>

    Here `countries` is a BEIR folder; `"atlas"` is built in.

    Args:
        benchmark: a name (`xquad`), a BEIR folder, or a loaded one.
        encoder: a name (`minilm`), a folder, a hub id, or any object with `encode_queries` and
            `encode_passages`, such as a SentenceTransformer.
        generator: writes the queries: a name, a folder, a hub id, or an object with `generate_block`.
        queries: generated queries instead: a file, a folder, a list of `GeneratedQuery`, or language →
            passage id → texts.
        systems: the complete list, by names or objects: `["none", "cross", MySystem()]`. Without it
            `arms` (systems that add queries to vectors) and `baselines` (others) are chosen apart; None:
            all that the benchmark and the queries can fill.
        out: folder for results, runs and reports; interrupted, the same call goes on there. None:
            nothing is kept.
        data: folder of a named benchmark's files.
        passage_language: of the pool (xquad, xquad-r, atlas-r), or `all`.
        query_languages: to ask in; None: all.
        languages: target languages; None: the question languages but the passages'.
        per_language: queries per target language; None: what `queries` holds, else 5.
        alpha: weight of the generated queries, from 0 to 1, or `tuned`.
        fusion: `raw` or `normalised`; None: raw for dot product, normalised for cosine.
        aggregations: how query vectors are brought together: `sum`, `mean`, `max`; the first is reported.
        measures: names and objects; None: those of the usual ones that apply.
        reader: of the top passages, for EM and F1: a name, a folder, a hub id, or an object with `read`.
        reader_question: what it is given, `asked` or `parallel`; None: as its languages are.
        read_top: passages that it reads; None: 5.
        seed: of the sampling.
        seeds: repeat the sampling with these seeds; the first is reported.
        limit: ask only the first so many questions per language.
        fold: `0/5`: ask only the questions of one fold of the clusters.
        passage_length, query_length: tokens that the encoder reads.
        device, dtype, reader_dtype: where models run, and their number types.
        progress: show bars.

    Returns:
        `print(results)` shows:

            R@1 by question language
            system    K    ar      bn      en    …  mean of 7
            none      0  63.3    64.3    94.8            60.4
            mono      7  89.4ⁿ   91.5ⁿ   95.2            86.5ⁿ
            cross     7  80.7ⁿₘ  84.0ⁿₘ  95.6            78.8ⁿₘ

    Raises:
        XqgError: whatever is wrong with the arguments, the data or the models; before anything is loaded
            or written where it can be known by then.
    """
    if generator is not None and queries is not None:
        raise XqgError("`generator` and `queries` exclude each other; give one of them")
    check_folder(out)
    chosen_seeds = seeds_of(seeds)
    if chosen_seeds is not None and queries is not None:
        raise XqgError("`seeds` repeats a generator's sampling, `queries` holds one; leave one of them out")
    options = Options(
        wanted_systems(systems, arms, baselines),
        query_languages=languages_of(query_languages, "query_languages"),
        languages=languages_of(languages),
        n=positive("per_language", per_language),
        alpha=alpha_of(alpha),
        fusion=fusion_of(fusion),
        limit=positive("limit", limit),
        fold=fold_of(fold),
        measures=None if measures is None else measures_of(measures),
        aggregations=aggregations_of(aggregations),
        reading=ReadingOptions.of(reader, read_top, reader_question, reader_dtype),
    )
    models = Models.of(encoder, generator, passage_length, query_length, device, dtype)
    first = checked_whole("seed", seed, None)
    with bars(progress):
        pool = load_benchmark(benchmark, data=data, passage_language=passage_language)
        design = Design.of(pool, options, queries, generator=generator is not None)
        # Where files are in use as long as they are mapped into memory, what cannot be removed yet may stay.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) if out is None else nullcontext(out) as folder:
            return _repeated(design, models, Path(folder), chosen_seeds or (first,), saved=out is not None)


def _repeated(design: Design, models: Models, out: Path, seeds: Sequence[int], *, saved: bool) -> Results:
    """The results of the first seed, with the values of the others: those go to `seeds/N` of the folder.

    What does not depend on the seed (vectors, answers) is made once.

    Args:
        saved: write what is there, after each seed.
    """
    first = _compared(design, models, out, out, seeds[0], saved=saved)
    if saved:
        first.save(out)
    values, alphas = dict(first.values), dict(first.alphas)
    for seed in seeds[1:]:
        folder = out / "seeds" / str(seed)
        again = _compared(design, models, folder, out, seed, saved=saved)
        if saved:
            again.save(folder)
        values.update(again.values)
        alphas.update(again.alphas)
    if len(seeds) == 1:
        return first
    description = replace(first.description, seeds=tuple(seeds))
    results = replace(first, values=values, alphas=alphas, description=description)
    if saved:
        results.save(out)
    return results


def _compared(design: Design, models: Models, out: Path, kept: Path, seed: int, *, saved: bool) -> Results:
    """Run the comparison with one seed, a setting at a time: where results are saved, its runs are written and let go of."""
    started = time.monotonic()
    material = prepare(design, models, out, kept, seed)
    trial, alpha, outcomes = material.trial, design.options.alpha, []
    for number, setting in enumerate(settings_of(design.options.aggregations, alpha, material.fusion)):
        files = RunFiles(out, number, setting.name) if saved else None
        outcomes.append(_outcome(setting, design, material, files))
    ceiling: Ceiling = {}
    if material.reading is not None:
        with trial.cost.stage("reading"):
            questions = _questions(design)
            ceiling = material.reading.ceiling(material.reading.measures(design.measures), questions)
    facts = {
        **material.facts,
        "cost": trial.cost.to_dict(),
        "seconds": round(time.monotonic() - started, 1),
    }
    return _results(design, material, outcomes, ceiling, facts, seed)


def _outcome(setting: Setting, design: Design, material: Material, files: RunFiles | None) -> Outcome:
    """What a setting gives, the reader's measures with the others.

    Args:
        files: runs go there, and what a reader reads of them stays in memory; None: all of them stay.
    """
    trial, reading = material.trial, material.reading

    def keep(system: str, language: str, run: Run) -> Run:
        if files is None:
            return run
        files.write(system, language, run)
        top = reading.top if reading is not None else 0
        return {id_: ranking[:top] for id_, ranking in run.items()}

    outcome = run_setting(setting, trial, tuned_alphas(setting, trial, material.tuning), keep)
    if reading is not None:
        with trial.cost.stage("reading"):
            measures = reading.measures(design.measures)
            for key, values in reading.values(outcome.runs, measures, _questions(design)).items():
                outcome.values[key].update(values)
    return outcome if files is None else replace(outcome, runs=files)


def _questions(design: Design) -> dict[str, list[Question]]:
    """Question language → those that are asked."""
    return {code: design.benchmark.questions_in(code) for code in design.plan.query_languages}


@dataclass(frozen=True)
class Models:
    """The arguments of `compare` that say which models run, and where."""

    encoder: Any
    generator: Any = None
    passage_length: int | None = None
    query_length: int | None = None
    device: str | None = None
    dtype: str = "auto"

    @classmethod
    def of(
        cls,
        encoder: Any,
        generator: Any,
        passage_length: int | None,
        query_length: int | None,
        device: str | None,
        dtype: str,
    ) -> Models:
        """With objects as what they stand for: a wrong one is refused before a named one is loaded.

        Raises:
            XqgError: a wrong length, or what is no encoder or generator.
        """
        passage_length = positive("passage_length", passage_length)
        query_length = positive("query_length", query_length)
        if not isinstance(encoder, str | Path):
            encoder = as_encoder(encoder, passage_length=passage_length, query_length=query_length)
        if generator is not None and not isinstance(generator, str | Path):
            generator = as_generator(generator)
        return cls(encoder, generator, passage_length, query_length, device, dtype)

    def load_encoder(self, benchmark: Benchmark) -> Encoder:
        """The encoder. Where nobody says how much of a passage it reads, the benchmark may; an object reads what it reads."""
        usual = benchmark.passage_length if isinstance(self.encoder, str | Path) else None
        return as_encoder(
            self.encoder,
            device=self.device,
            dtype=self.dtype,
            passage_length=self.passage_length or usual,
            query_length=self.query_length,
        )


@dataclass(frozen=True)
class Material:
    """Everything that rankings are made of: models loaded, queries there, texts encoded.

    Attributes:
        fusion: of the main table.
        settings: what the numbers depend on.
        facts: what became known on the way.
        tuning: what α is chosen on; None where it is fixed.
    """

    encoder: Encoder
    fusion: Fusion
    trial: Trial
    tuning: TuningQuestions | None
    reading: Reading | None
    settings: dict[str, Any]
    facts: dict[str, Any]
    cache: VectorCache


def prepare(design: Design, models: Models, out: Path, kept: Path, seed: int) -> Material:
    """Load the models, claim the folder, generate or take the queries, encode.

    Generated queries (`queries/`) are kept in `out`, vectors (`vectors/`) and a reader's answers
    (`answers/`) in `kept`, and taken from there.

    Raises:
        XqgError: whatever is wrong with the models or the folder.
    """
    cost, benchmark = Cost(), design.benchmark
    encoder = models.load_encoder(benchmark)
    generator = None
    if design.needs_generator:
        generator = as_generator(models.generator, device=models.device, dtype=models.dtype)
    reading = None
    if design.options.reading is not None:
        languages = design.plan.query_languages
        reading = Reading.load(design.options.reading, design.complete, languages, kept, models.device)
    fusion = design.options.fusion or default_fusion(encoder.similarity)
    settings = design.settings(encoder, generator, fusion, seed, reading)
    claim(out, settings)
    queries = design.queries
    if generator is not None:
        with cost.stage("generating"):
            visible = encoder.visible_prefix([passage.full_text for passage in benchmark.passages])
            systems, passages = design.selection.systems, benchmark.passages
            queries = from_generator(design.plan, systems, passages, visible, generator, seed, out / "queries")
    cost.generated_queries = sum(len(texts) for of in queries.values() for texts in of.values())
    facts = _facts(design, queries, encoder, generator)
    cache = VectorCache(kept / "vectors")
    with cost.stage("encoding"):
        trial = _trial(design, queries, encoder, cache, cost, seed)
        tuning = None
        if design.options.alpha is None:
            tuning = TuningQuestions.of(benchmark, design.plan, trial.questions, encoder, cache)
    per_passage = {one.name: _per_passage(one, trial.parts) for one in trial.systems if isinstance(one, AugmentedVectors)}
    facts["queries_per_passage"] = per_passage
    return Material(encoder, fusion, trial, tuning, reading, settings, facts, cache)


def _facts(design: Design, queries: Texts, encoder: Encoder, generator: Generator | None) -> dict[str, Any]:
    """What the generated queries are like, and what the models were not trained for."""
    texts = [text for of_passage in queries.values() for own in of_passage.values() for text in own]
    untrained = {
        "encoder": warn_untrained("encoder", encoder.name, encoder.languages, design.spoken),
        "generator": warn_untrained("generator", generator.name, generator.languages, queries) if generator else [],
    }
    facts = {
        "blank_queries": sum(not text.strip() for text in texts),
        "queries_in_asked_language": language_shares(queries, design.spoken),
        "untrained_languages": untrained,
    }
    if design.measures_left_out:
        facts["measures_left_out"] = design.measures_left_out
    return facts


def _trial(
    design: Design, queries: Texts, encoder: Encoder, cache: VectorCache, cost: Cost, seed: int
) -> Trial:
    """Encode passages, generated queries, the systems' own texts and the questions."""
    systems, plan, passages = design.selection.systems, design.plan, design.benchmark.passages
    source = TextSource(design.complete, plan, queries, seed, encoder)
    own = {system.name: system.texts(source) for system in systems}
    own = {name: texts for name, texts in own.items() if texts}
    return Trial(
        benchmark=design.benchmark,
        systems=systems,
        parts=encode_parts(passages, queries, plan, encoder, cache, own=own, seed=seed),
        questions=encode_questions(design.benchmark.questions, plan, encoder, cache),
        measures=[measure for measure in design.measures if not measure.needs_reader],
        depth=depth_for(design.measures, design.benchmark),
        queries=queries,
        cost=cost,
    )


def _per_passage(system: AugmentedVectors, parts: Parts) -> float:
    """The mean number of queries in a passage's vector, over passages and question languages."""
    languages = parts.plan.query_languages
    counts = [group.counts.sum() for language in languages for group in system.queries(parts, language)]
    return float(np.sum(counts)) / (len(parts.passages) * len(languages))


def tuned_alphas(setting: Setting, trial: Trial, tuning: TuningQuestions | None) -> dict[str, Tuned]:
    """System → its α under the setting's fusion and aggregation; empty where α is not tuned."""
    if not setting.tuned or tuning is None:
        return {}
    aggregation = AGGREGATIONS[setting.aggregation]
    with trial.cost.stage("tuning"):
        return {
            system.name: tune(system, setting.fusion, trial.parts, tuning, trial.passage_ids, aggregation)
            for system in trial.systems
            if isinstance(system, AugmentedVectors) and system.weighted
        }


def _results(
    design: Design,
    material: Material,
    outcomes: Sequence[Outcome],
    ceiling: Ceiling,
    facts: dict[str, Any],
    seed: int,
) -> Results:
    systems = material.trial.systems
    compared = tuple(Compared.of(system, systems, design.plan) for system in systems)
    measures = material.reading.measures(design.measures) if material.reading else design.measures
    rows = [SettingRow.of(outcome.setting, outcome.tuned) for outcome in outcomes]
    chance = None
    ranked = [m for m in design.measures if not m.needs_reader and m.higher_is_better]
    if ranked:
        chance = ranked[0].name, chance_of(ranked[0], design.benchmark, design.plan.query_languages[0])
    description = Description(
        kind="comparison",
        systems=compared,
        measures={measure.name: Scale.of(measure) for measure in measures},
        settings=tuple(rows),
        seeds=(seed,),
        chance=chance,
        ceiling=ceiling,
        facts=facts,
    )
    groups = dict(design.benchmark.groups)
    return Results(
        settings=material.settings,
        description=description,
        values={(row.name, seed): outcome.values for row, outcome in zip(rows, outcomes, strict=True)},
        alphas={
            (row.name, seed, system.name): _alphas(system, row, outcome, groups)
            for row, outcome in zip(rows, outcomes, strict=True)
            for system in compared
        },
        clusters=groups,
        runs={row.name: outcome.runs for row, outcome in zip(rows, outcomes, strict=True)},
    )


def _alphas(system: Compared, row: SettingRow, outcome: Outcome, groups: dict[str, str]) -> dict[str, float | None]:
    """Question id → the α that it was ranked with."""
    alphas = system.alphas(row)
    if alphas is None or len(alphas) == 1:
        return dict.fromkeys(groups, alphas[0] if alphas else None)
    tuned = outcome.tuned[str(system.dense)]
    return {id_: tuned.alpha(id_) for id_ in groups}
