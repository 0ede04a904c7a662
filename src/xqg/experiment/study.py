"""Studies: what one choice of a comparison does (`xqg.study`, `xqg study KIND`)."""

from __future__ import annotations

import json
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from xqg.benchmarks import Benchmark
from xqg.benchmarks import benchmark as load_benchmark
from xqg.checks import checked_whole
from xqg.errors import XqgError
from xqg.evaluation import measures_of
from xqg.experiment.compare import Material, Models, prepare
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.design import Design, Options, fusion_of, languages_of, positive
from xqg.experiment.folder import check_folder
from xqg.experiment.plan import Plan
from xqg.experiment.query_source import QueryFile
from xqg.experiment.report.document import Findings
from xqg.experiment.report.study import about, document, in_short
from xqg.experiment.results import Results
from xqg.experiment.scale import Scale
from xqg.experiment.selection import Wanted
from xqg.experiment.study_context import Context
from xqg.experiment.system import SYSTEMS, System
from xqg.progress import bars
from xqg.registry import Registry

__all__ = ["STUDIES", "Study", "study"]

DEFAULT_MEASURES = "R@1 RR@10 R@5"
DEFAULT_TOP = 10
_NEEDED = "cross"


class Study(ABC):
    """One file in the folder `studies/`.

    Attributes:
        name: on the command line.
        title: the question that it asks.
        arms: names of systems; those that the source of queries cannot fill are left out, but `cross`.
        per_language: n to generate where none is asked for; None: as in a comparison.
        curves: whether α's curve over RR@10 is shown, so that RR@10 is measured in any case.
        top: k of a round trip, where the study has one; None: it has none.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    arms: ClassVar[tuple[str, ...]]
    per_language: ClassVar[int | None] = None
    curves: ClassVar[bool] = False
    top: ClassVar[int | None] = None

    @abstractmethod
    def run(self, context: Context) -> Findings:
        """Measure."""


STUDIES: Registry[type[Study]] = Registry("study", "xqg.experiment.studies", group="xqg.studies")


def study(
    kind: str | Study,
    benchmark: str | Path | Benchmark,
    *,
    encoder: Any,
    generator: Any = None,
    queries: Any = None,
    out: str | Path | None = None,
    data: str | Path | None = None,
    passage_language: str | None = None,
    query_languages: str | Sequence[str] | None = None,
    languages: str | Sequence[str] | None = None,
    per_language: int | None = None,
    fusion: str | None = None,
    measures: str | Sequence[Any] | None = None,
    top: int | None = None,
    seed: int = 0,
    limit: int | None = None,
    passage_length: int | None = None,
    query_length: int | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> Results:
    """Study one choice: how many queries, how much weight (α), which target languages, which filter.

        >>> results = xqg.study("alpha", "countries", encoder="mini", queries="queries.jsonl", progress=False)
        >>> print(results)
        countries: how much weight the generated queries get
        ...
        mono, normalised fusion, R@1: fixed 0.01 91.7 (α 0.01); tuned 100.0 (α 0.2); without labels 100.0 (α 0.2); ...

    α is tuned as in a comparison. Generated queries and vectors are kept in the folder and taken from
    there: an interrupted study goes on.

    Args:
        kind: `queries`, `alpha`, `languages` or `filter`.
        measures: of rankings; the first is the main one; None: `R@1 RR@10 R@5`.
        top: study `filter`: a query must find its passage among so many; None: 10.
        out: folder of study.json, study.md and study.html; None: nothing is kept.

    The other arguments are those of `xqg.compare`.

    Raises:
        XqgError: no source of queries, one that cannot fill `cross`, a reader's measure, a folder with
            another study, whatever a comparison refuses.
    """
    chosen = kind if isinstance(kind, Study) else STUDIES[kind]()
    if generator is not None and queries is not None:
        raise XqgError("`generator` and `queries` exclude each other; give one of them")
    if top is not None and chosen.top is None:
        raise XqgError(f"`top` is of study filter, this is study {chosen.name}; leave it out")
    if generator is None and queries is None:
        raise XqgError(f"study {chosen.name} needs generated queries; give `generator` M or `queries` FILE")
    names = _measures(chosen, DEFAULT_MEASURES if measures is None else measures)
    check_folder(out)
    if out is not None:
        _check_study(Path(out), chosen)
    asked, targets = languages_of(query_languages, "query_languages"), languages_of(languages)
    n, top = positive("per_language", per_language), positive("top", top)
    limit, wanted_fusion, seed = positive("limit", limit), fusion_of(fusion), checked_whole("seed", seed, None)
    models = Models.of(encoder, generator, passage_length, query_length, device, dtype)
    with bars(progress):
        pool = load_benchmark(benchmark, data=data, passage_language=passage_language)
        file = None if queries is None else QueryFile.read(queries)
        arms, left_out = _fillable(chosen, pool, file, asked, targets, n)
        options = Options(
            Wanted(arms, [], {}),
            query_languages=asked,
            languages=targets,
            n=n or (chosen.per_language if file is None else None),
            fusion=wanted_fusion,
            limit=limit,
            measures=names,
        )
        design = Design.of(pool, options, file, generator=generator is not None)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) if out is None else nullcontext(out) as folder:
            results = _studied(chosen, design, models, Path(folder), seed, left_out, top or chosen.top)
            if out is not None:
                results.save(out)
    return results


def _studied(
    study: Study,
    design: Design,
    models: Models,
    out: Path,
    seed: int,
    left_out: Mapping[str, str],
    top: int | None,
) -> Results:
    started = time.monotonic()
    material = prepare(design, models, out, out, seed)
    context = Context(design, material, left_out, top or DEFAULT_TOP)
    findings = study.run(context)
    findings = replace(findings, lines=in_short(context, findings.lines))
    facts: dict[str, Any] = {**material.facts, "alpha_tuned": context.tuned_on, "arms_left_out": dict(left_out)}
    if study.top is not None:
        facts["top"] = top
    facts |= {"cost": material.trial.cost.to_dict(), "seconds": round(time.monotonic() - started, 1)}
    title = f"{design.benchmark.name}: {study.title}"
    facts["document"] = document(study.name, title, about(context), findings)
    return _results(design, material, context, facts, seed)


def _results(
    design: Design, material: Material, context: Context, facts: dict[str, Any], seed: int
) -> Results:
    """Every ranking of the study as a setting of its own."""
    arms = {one.system.name: one.system for one in context.measured}
    rows: dict[str, SettingRow] = {}
    for one in context.measured:  # systems of one setting were measured one by one
        known = rows.setdefault(one.row.name, one.row)
        edges = dict.fromkeys((*known.at_edge, *one.row.at_edge))
        rows[one.row.name] = replace(known, tuned={**known.tuned, **one.row.tuned}, at_edge=tuple(edges))
    description = Description(
        kind="study",
        systems=tuple(Compared.of(arm, list(arms.values()), design.plan) for arm in arms.values()),
        measures={measure.name: Scale.of(measure) for measure in design.measures},
        settings=tuple(rows.values()),
        seeds=(seed,),
        facts=facts,
    )
    values: dict[tuple[str, int], Any] = {}
    alphas: dict[tuple[str, int, str], dict[str, float | None]] = {}
    for one in context.measured:
        values.setdefault((one.row.name, seed), {}).update(one.values)
        alphas[one.row.name, seed, one.system.name] = dict(one.alphas)
    return Results(material.settings, description, values, alphas, dict(design.benchmark.groups))


def _measures(study: Study, measures: str | Sequence[Any]) -> list[Any]:
    """With RR@10 where the study shows its curve."""
    chosen = measures_of(measures)
    for measure in chosen:
        if measure.needs_reader:
            raise XqgError(f"studies measure rankings, {measure.name} needs a reader; leave it out (`measures`)")
    if study.curves and all(measure.name != "RR@10" for measure in chosen):
        chosen += measures_of("RR@10")
    return list(chosen)


def _check_study(out: Path, study: Study) -> None:
    """Two studies do not share a folder: the second would write over the first."""
    path = out / "study.json"
    if not path.is_file():
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))["study"]
    except (ValueError, KeyError, TypeError):
        raise XqgError(f"{path}: broken; delete it or choose another `out`") from None
    if there != study.name:
        raise XqgError(f"{out} holds study {there}; choose another `out` for study {study.name}")


def _fillable(
    study: Study,
    benchmark: Benchmark,
    file: QueryFile | None,
    query_languages: tuple[str, ...] | None,
    targets: tuple[str, ...] | None,
    n: int | None,
) -> tuple[list[System], dict[str, str]]:
    """The systems that the source of queries can fill, and why not the others."""
    arms = [SYSTEMS[name]() for name in study.arms]
    if file is None:
        return arms, {}
    languages = query_languages or benchmark.query_languages
    for code in languages:
        benchmark.questions_in(code)  # refuses one that the benchmark lacks
    plan = Plan(benchmark.passage_languages, languages, targets, n or 1)
    if n is None:
        plan = replace(plan, n=file.per_language(plan, benchmark.passages))
    reasons = {arm.name: file.shortage(plan, arm, benchmark.passages, n is None) for arm in arms}
    if reasons[_NEEDED] is not None:
        raise XqgError(f"{file.name}: study {study.name} needs arm {_NEEDED}, which {reasons[_NEEDED]}; add them")
    left_out = {name: why for name, why in reasons.items() if why is not None}
    return [arm for arm in arms if arm.name not in left_out], left_out
