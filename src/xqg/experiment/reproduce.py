"""A published table from its recipe: expected beside got (`xqg.experiment.reproduce`, `xqg reproduce`).

Where the pool fits in memory a recipe is a comparison. A pool of millions of passages (xor-tydi) is made
into an index instead, and each system is a weighting of it at search time: `none` has α = 0, `cross` the
recipe's α.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from xqg.augmentation import DEFAULT_ALPHA, default_fusion
from xqg.benchmarks import Benchmark
from xqg.benchmarks import benchmark as load_benchmark
from xqg.benchmarks.pool import Pool
from xqg.encoding import ENCODERS, Encoder, as_encoder
from xqg.errors import XqgError
from xqg.evaluation import Run, evaluate, tokenizer_name
from xqg.experiment.compare import compare
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.design import alpha_of, fusion_of, languages_of, positive
from xqg.experiment.folder import check_folder, claim, versions
from xqg.experiment.recipe import MACRO, MEAN, Recipe, read_recipe
from xqg.experiment.results import Results
from xqg.experiment.scale import Scale
from xqg.experiment.setting import Setting
from xqg.index import GeneratedQueries, StoredIndex, build_index
from xqg.index.work import parts_folder
from xqg.models import resolve
from xqg.models.resolve import Kind
from xqg.passages import PassageList
from xqg.passages.records import Question
from xqg.progress import bars, changing
from xqg.queries import GENERATORS, PER_LANGUAGE, as_generator
from xqg.search import Searcher

__all__ = ["reproduce"]

LARGE = {"none": 0.0, "cross": None}  # systems of a large pool: their α; None: the recipe's
OF_LARGE = {
    "benchmark", "encoder", "generator", "systems", "measures", "alpha", "fusion", "per_language", "seed",
    "languages", "query_languages", "passage_length", "query_length",
}  # arguments that a large pool's recipe may have  # fmt: skip

Thing = TypeVar("Thing")


def reproduce(
    recipe: str | Path | Recipe,
    *,
    data: str | Path | None = None,
    limit: int | None = None,
    out: str | Path | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> Results:
    """Rebuild a published table; `print(results)` shows its figures beside those expected.

        >>> print(xqg.reproduce("recipe.yaml", progress=False))
        system  alpha  measure   figures      en      fi     ja  macro   mean
        none        0      R@1  expected       -  100.00  90.00      -  95.00
        none        0      R@1       got  100.00   91.67  91.67  94.44  91.67

    An interrupted run keeps what it made in `out`; the same call goes on there.

    Args:
        recipe: a YAML file, see `xqg.experiment.recipe`.
        data: folder of the benchmark's files.
        limit: the first so many passages, and questions per language (of those with an answer other
            than yes and no, which are counted), only: expected figures do not apply then.
        out: folder of the results; None: the recipe's name, and the limit.
        device, dtype: where models run, and their number type.
        progress: show bars.

    Raises:
        XqgError: a malformed recipe; one line that names everything that cannot be reached and how to
            get it; `out` holds another run; whatever a comparison refuses.
    """
    if not isinstance(recipe, str | Path | Recipe):
        raise XqgError(f"`recipe` is {recipe!r:.80}; give a YAML file such as recipes/xqg-xor-tydi.yaml")
    wanted = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    positive("limit", limit)
    check_folder(out)
    name = "reproduction" if isinstance(recipe, Recipe) else Path(recipe).stem
    folder = Path(out) if out is not None else Path(name if limit is None else f"{name}-limit-{limit}")
    with bars(progress):
        pool = _reached(wanted, data)
        large = isinstance(pool.passages, Pool)
        if large:
            _check_large(wanted)
        if limit is not None:
            pool = _limited(pool, wanted.languages or pool.query_languages, limit)
        results = (_by_index if large else _by_comparison)(wanted, pool, folder, limit, device, dtype)
        facts = {**results.description.facts, "limit": limit, "note": wanted.note, "recipe": wanted.to_json()}
        described = replace(results.description, kind="reproduction", facts=facts)
        results = replace(results, description=described)
        results.save(folder)
    return results


def _reached(recipe: Recipe, data: str | Path | None) -> Benchmark:
    """Find the data and the models; models that the hub gives are fetched into its cache now."""
    arguments, missing = recipe.arguments, list[str]()
    language = arguments.get("passage_language")
    load = partial(load_benchmark, arguments["benchmark"], data=data, passage_language=language)
    pool = _reach(load, missing, "data")
    kinds: tuple[Kind, ...] = ("encoder", "generator", "reader")
    for kind in kinds:
        name = arguments.get(kind)
        if name is not None and name.partition(":")[0] not in {*ENCODERS, *GENERATORS}:  # those come with a package
            _reach(partial(resolve, name, kind), missing, kind, _hint(name))
    if missing or pool is None:
        raise XqgError(f"nothing was started, for want of {'; and of '.join(missing)}")
    languages = recipe.languages or pool.query_languages
    for code in languages:
        pool.questions_in(code)
    for system, measures in recipe.expected.items():
        for name, figures in measures.items():
            for code in figures:
                if code not in (*languages, MACRO, MEAN):
                    raise XqgError(
                        f"the recipe expects {name} of {system} in {code!r}, in which no question is asked; remove it"
                    )
    return pool


def _check_large(recipe: Recipe) -> None:
    """Refuse what a pool that does not fit in memory is not served with.

    Raises:
        XqgError: see above.
    """
    arguments = recipe.arguments
    for key in arguments:
        if key not in OF_LARGE:
            raise XqgError(f"a pool of this size is not served with {key}; remove it from the recipe")
    for name in recipe.systems:
        if name not in LARGE:
            raise XqgError(f"a pool of this size serves the systems {', '.join(LARGE)}, not {name}; leave it out")
    if arguments.get("generator") is None:
        raise XqgError("a pool of this size needs a generator; name one in the recipe")
    if alpha_of(arguments.get("alpha", DEFAULT_ALPHA)) is None:
        raise XqgError("a pool of this size cannot be tuned on; give alpha a number in the recipe")


def _reach(look: Callable[[], Thing], missing: list[str], what: str, hint: str = "") -> Thing | None:
    """What `look` gives; else its error joins `missing`."""
    try:
        return look()
    except XqgError as error:
        # Of a hub's model the general remedy (another model) would be none here.
        line = f"{str(error).split('; give ')[0]}; {hint}" if hint else str(error)
        missing.append(f"{what}: {line}")
        return None


def _hint(name: str) -> str:
    """How to get a model of the hub; a local folder's name speaks for itself."""
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        return ""
    return f"with a network: `hf download {name}`, or write its local folder into the recipe"


def _limited(benchmark: Benchmark, languages: tuple[str, ...], limit: int) -> Benchmark:
    """The first passages and questions; one whose passages are not among them finds nothing."""
    questions: list[Question] = []
    for code in languages:
        asked = benchmark.questions_in(code)
        questions += ([one for one in asked if {*one.answers} - {"yes", "no"}] or asked)[:limit]
    return replace(benchmark, passages=list(islice(benchmark.passages, limit)), questions=questions)


def _by_comparison(
    recipe: Recipe, pool: Benchmark, out: Path, limit: int | None, device: str | None, dtype: str
) -> Results:
    """The comparison, whose own reports stand in `out`/comparison."""
    loaded = ("benchmark", "passage_language")
    arguments = {name: value for name, value in recipe.arguments.items() if name not in loaded}
    arguments["measures"] = [measure.name for measure in recipe.measures]
    results = compare(pool, out=out / "comparison", device=device, dtype=dtype, **arguments)
    claim(out, results.settings)
    return replace(results, runs={})


def _by_index(
    recipe: Recipe, pool: Benchmark, out: Path, limit: int | None, device: str | None, dtype: str
) -> Results:
    """One index with generated queries in `out`/index, every system a weighting of it.

    The index of all passages takes (1 + languages)·2·dimension bytes of each, and its vectors
    4·dimension bytes of memory while a system is searched.
    """
    arguments = recipe.arguments
    lengths = {name: arguments.get(name) for name in ("passage_length", "query_length")}
    encoder = as_encoder(arguments["encoder"], device=device, dtype=dtype, **lengths)
    generator = as_generator(arguments["generator"], device=device, dtype=dtype)
    kt = any(measure.name.endswith("kt") for measure in recipe.measures)
    languages = recipe.languages or pool.query_languages
    settings = {
        "benchmark": pool.name,
        "recipe": recipe.to_json(),
        "limit": limit,
        "data": pool.fingerprint,
        "passage_languages": list(pool.passage_languages),
        "query_languages": list(languages),
        "encoder": encoder.settings(),
        "generator": generator.settings(),
        "tokenizer": tokenizer_name() if kt else None,
        "versions": versions(),
    }
    claim(out, settings)
    index = _index(recipe, pool, out / "index", encoder, generator)
    setting = Setting(index.manifest.fusion, index.manifest.alpha)
    systems = [_compared(name, recipe, languages) for name in recipe.systems]
    values: dict[tuple[str, str], Any] = {}
    runs: dict[tuple[str, str], Run] = {}
    for system in systems:
        weight = LARGE[system.name]
        alpha = setting.alpha if weight is None else weight
        for language, run in _retrieve(recipe, float(alpha or 0.0), pool, index, encoder, languages).items():
            runs[system.name, language] = run
            values[system.name, language] = evaluate(run, pool, language, recipe.measures)
    row = SettingRow.of(setting, {})
    scales = {measure.name: Scale.of(measure) for measure in recipe.measures}
    seed = int(arguments.get("seed", 0))
    description = Description("reproduction", tuple(systems), scales, (row,), (seed,))
    alphas = {
        (row.name, seed, system.name): dict.fromkeys(pool.groups, (system.alphas(row) or (None,))[0])
        for system in systems
    }
    groups = dict(pool.groups)
    return Results(settings, description, {(row.name, seed): values}, alphas, groups, runs={row.name: runs})


def _compared(name: str, recipe: Recipe, languages: tuple[str, ...]) -> Compared:
    targets = languages_of(recipe.arguments.get("languages")) or languages
    count = 0 if name == "none" else len(targets) * (recipe.arguments.get("per_language") or PER_LANGUAGE)
    return Compared(name, count, baseline=False, dense=name, weighted=name != "none")


def _index(recipe: Recipe, pool: Benchmark, folder: Path, encoder: Encoder, generator: Any) -> StoredIndex:
    """The index, built now where it is not there yet."""
    if folder.is_dir():
        shutil.rmtree(parts_folder(folder), ignore_errors=True)  # of a run killed after the last step
        return StoredIndex.open(folder)
    arguments = recipe.arguments
    targets = languages_of(arguments.get("languages")) or recipe.languages or pool.query_languages
    per_language = arguments.get("per_language") or PER_LANGUAGE
    queries = GeneratedQueries(
        generator, encoder, targets, per_language=per_language, seed=arguments.get("seed", 0)
    )
    fusion = fusion_of(arguments.get("fusion")) or default_fusion(encoder.similarity)
    with changing(per_language * len(targets)) as progress:
        return build_index(
            PassageList(pool.passages),
            encoder,
            folder,
            queries=queries,
            alpha=float(arguments.get("alpha", DEFAULT_ALPHA)),
            fusion=fusion,
            progress=progress,
        )


def _retrieve(
    recipe: Recipe,
    alpha: float,
    pool: Benchmark,
    index: StoredIndex,
    encoder: Encoder,
    languages: tuple[str, ...],
) -> Mapping[str, Run]:
    """Language → run. A searcher of its own, so that one system's vectors are in memory at a time."""
    questions = [question for code in languages for question in pool.questions_in(code)]
    scores, rows = Searcher(index, encoder).rank(
        [question.text for question in questions],
        recipe.depth,
        alpha=alpha,
        languages=list(index.languages) if alpha else [],  # α = 0 needs no sums
    )
    ids = index.ids()
    runs: dict[str, Run] = {code: {} for code in languages}
    for question, places, own in zip(questions, rows.tolist(), scores.tolist(), strict=True):
        runs[question.language][question.id] = [(ids[p], score) for p, score in zip(places, own, strict=True)]
    return runs
