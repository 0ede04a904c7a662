"""Running a recipe: one index with generated queries, every row a search-time weighting of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.benchmarks import Benchmark
from xqg.evaluation import Run, evaluate, macro, tokenizer_name, write_trec
from xqg.experiment.reproduce.recipe import MACRO, Recipe, Row
from xqg.experiment.settings import claim, versions
from xqg.index import GeneratedQueries, StoredIndex, build_index
from xqg.index.work import parts_folder
from xqg.passages import PassageList
from xqg.search import Searcher

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.progress import Listener
    from xqg.queries import AnyGenerator

__all__ = ["Got", "reproduce"]


@dataclass(frozen=True)
class Got:
    """What came out.

    Attributes:
        settings: what the numbers depend on.
        values: (row's name, measure, language or `macro`) → percent.
    """

    settings: dict[str, Any]
    values: dict[tuple[str, str, str], float]


def reproduce(
    recipe: Recipe,
    benchmark: Benchmark,
    out: Path,
    *,
    limit: int | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: Listener | None = None,
) -> Got:
    """Generate, index, retrieve and measure in `out`; an interrupted run goes on there.

    Args:
        benchmark: as `reach` gives it.
        out: gets `settings.json`, `index/` and `runs/ROW.LANGUAGE.trec`; while the index is built also
            `index.parts/`. The index of all passages takes (1 + languages)·2·dimension bytes of each,
            and its vectors 4·dimension bytes of memory while a row is searched.
        limit: with which `benchmark` was limited, for the settings.
        progress: told how far the index is.

    Raises:
        XqgError: `out` holds another run, and whatever the stations refuse.
    """
    from xqg.encoding import load_encoder
    from xqg.queries import load_generator

    lengths = {"passage_length": recipe.passage_length, "query_length": recipe.query_length}
    encoder = load_encoder(recipe.encoder, device=device, dtype=dtype, **lengths)
    generator = load_generator(recipe.generator, device=device, dtype=dtype)
    settings = _settings(recipe, benchmark, limit, encoder, generator)
    claim(out, settings)
    index = _index(recipe, benchmark, out, encoder, generator, progress)
    values: dict[tuple[str, str, str], float] = {}
    for row in recipe.rows:
        runs = _retrieve(recipe, row, benchmark, index, encoder)
        for language, run in runs.items():
            write_trec(out / "runs" / f"{row.file_name}.{language}.trec", run, tag="xqg")
        values.update(_measure(recipe, row, benchmark, runs))
    return Got(settings, values)


def _settings(
    recipe: Recipe, benchmark: Benchmark, limit: int | None, encoder: Encoder, generator: AnyGenerator
) -> dict[str, Any]:
    return {
        "recipe": recipe.to_json(),
        "limit": limit,
        "data": benchmark.fingerprint,
        "encoder": encoder.settings(),
        "generator": {
            "name": generator.name,
            "fingerprint": generator.fingerprint,
            "prompt": generator.prompt,
            "dtype": generator.dtype,
        },
        "tokenizer": tokenizer_name() if any(one.name.endswith("kt") for one in recipe.measures) else None,
        "versions": versions(),
    }


def _index(
    recipe: Recipe,
    benchmark: Benchmark,
    out: Path,
    encoder: Encoder,
    generator: AnyGenerator,
    progress: Listener | None,
) -> StoredIndex:
    """The index in `out`, built now where it is not there yet."""
    folder = out / "index"
    if folder.is_dir():
        shutil.rmtree(parts_folder(folder), ignore_errors=True)  # of a run killed after the last step
        return StoredIndex.open(folder)
    queries = GeneratedQueries(
        generator, encoder, recipe.languages, per_language=recipe.per_language, seed=recipe.seed
    )
    return build_index(
        PassageList(benchmark.passages),
        encoder,
        folder,
        queries=queries,
        alpha=recipe.rows[-1].alpha,
        fusion=recipe.fusion,
        progress=progress,
    )


def _retrieve(
    recipe: Recipe, row: Row, benchmark: Benchmark, index: StoredIndex, encoder: Encoder
) -> dict[str, Run]:
    """Language → run. A searcher for each row, so that one row's vectors are in memory at a time."""
    asked = [question for code in recipe.languages for question in benchmark.questions_in(code)]
    scores, rows = Searcher(index, encoder).rank(
        [question.text for question in asked],
        recipe.depth,
        alpha=row.alpha,
        languages=list(recipe.languages) if row.alpha else [],  # α = 0 needs no sums
    )
    ids = index.ids()
    runs: dict[str, Run] = {code: {} for code in recipe.languages}
    for question, found, given in zip(asked, rows.tolist(), scores.tolist(), strict=True):
        runs[question.language][question.id] = [
            (ids[place], score) for place, score in zip(found, given, strict=True)
        ]
    return runs


def _measure(
    recipe: Recipe, row: Row, benchmark: Benchmark, runs: dict[str, Run]
) -> dict[tuple[str, str, str], float]:
    """Percent, per language and macro."""
    measures = recipe.measures
    means: dict[str, dict[str, float]] = {measure.name: {} for measure in measures}
    for language, run in runs.items():
        for name, values in evaluate(run, benchmark, language, measures).items():
            means[name][language] = 100 * sum(values.values()) / len(values)
    return {
        (row.name, name, language): value
        for name, by_language in means.items()
        for language, value in {**by_language, MACRO: macro(by_language)}.items()
    }
