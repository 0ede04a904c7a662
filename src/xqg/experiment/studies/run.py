"""A study from request to files."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse_many
from xqg.experiment.arms import ARMS
from xqg.experiment.experiment import assemble
from xqg.experiment.plan import Plan
from xqg.experiment.queries import QueryFile
from xqg.experiment.settings import Request
from xqg.experiment.studies.context import Context
from xqg.experiment.studies.wording import about, in_short
from xqg.experiment.studies.write import Document, write
from xqg.experiment.study import Study

__all__ = ["DEFAULT_MEASURES", "DEFAULT_TOP", "run"]

DEFAULT_MEASURES = "R@1 RR@10 R@5"
DEFAULT_TOP = 10
_NEEDED = "cross"


def run(
    study: Study, benchmark: Benchmark, encoder_name: str, request: Request, top: int = DEFAULT_TOP
) -> Document:
    """Run a study and write study.json, study.md and study.html to `request.out`.

    Generated queries and vectors are kept in the folder and taken from there, as in a comparison: an
    interrupted study goes on.

    Args:
        request: its arms, α, aggregations and baselines are the study's own; measures None:
            `R@1 RR@10 R@5`.
        top: k of the round trip (study `filter`).

    Raises:
        XqgError: no source of queries, one that cannot fill `cross`, a reader measure, a folder with
            another study, whatever a comparison refuses.
    """
    started = time.monotonic()
    measures = _measures(study, request.measures)
    if request.generator is None and request.queries_file is None:
        raise XqgError(f"study {study.name} needs generated queries; give --generator M or --queries FILE")
    _check_folder(request.out, study)
    names, left_out = _fillable(study, benchmark, request)
    generated = request.queries_file is None
    full = dataclasses.replace(
        request,
        arms=[ARMS[name] for name in names],
        alpha=None,
        aggregations=("sum",),
        baselines=(),
        measures=measures,
        n=request.n or (study.per_language if generated else None),
    )
    context = Context(assemble(benchmark, encoder_name, full), left_out, top)
    findings = study.run(context)
    findings = dataclasses.replace(findings, lines=in_short(context, findings.lines))
    document = Document(
        study.name,
        f"{benchmark.name}: {study.title}",
        about(context),
        findings,
        _settings(study, context, top, round(time.monotonic() - started, 1)),
    )
    write(document, request.out)
    return document


def _settings(study: Study, context: Context, top: int, seconds: float) -> dict[str, Any]:
    assembled = context.assembled
    more: dict[str, Any] = {"alpha_tuned": context.tuned_on, "arms_left_out": dict(context.arms_left_out)}
    if study.name == "filter":
        more["top"] = top
    return {**assembled.settings, **more, "cost": assembled.cost.to_dict(), "seconds": seconds}


def _measures(study: Study, text: str | None) -> str:
    """With RR@10 where the study shows its curve."""
    measures = parse_many(text or DEFAULT_MEASURES)
    for measure in measures:
        if measure.needs_reader:
            raise XqgError(
                f"studies measure rankings, {measure.name} needs a reader; leave it out (--measures)"
            )
    names = [measure.name for measure in measures]
    if study.curves and "RR@10" not in names:
        names.append("RR@10")
    return " ".join(names)


def _check_folder(out: Path, study: Study) -> None:
    """Two studies do not share a folder: the second would write over the first."""
    path = out / "study.json"
    if not path.is_file():
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))["study"]
    except (ValueError, KeyError, TypeError):
        raise XqgError(f"{path}: broken; delete it or choose another --out") from None
    if there != study.name:
        raise XqgError(f"{out} holds study {there}; choose another --out for study {study.name}")


def _fillable(study: Study, benchmark: Benchmark, request: Request) -> tuple[Sequence[str], dict[str, str]]:
    """The arms that the source of queries can fill, and why not the others."""
    if request.queries_file is None:
        return study.arms, {}
    file, passages = QueryFile.read(request.queries_file), benchmark.passages
    languages = request.query_languages or benchmark.query_languages
    for code in languages:
        benchmark.questions_in(code)  # refuses one that the benchmark lacks
    plan = Plan(benchmark.passage_languages, languages, request.targets, request.n or 1)
    if request.n is None:
        plan = dataclasses.replace(plan, n=file.per_language(plan, passages))
    reasons = {name: file.shortage(plan, ARMS[name], passages, request.n is None) for name in study.arms}
    if reasons[_NEEDED] is not None:
        raise XqgError(
            f"{file.path}: study {study.name} needs arm {_NEEDED}, which {reasons[_NEEDED]}; add them"
        )
    left_out = {name: why for name, why in reasons.items() if why is not None}
    return [name for name in study.arms if name not in left_out], left_out
