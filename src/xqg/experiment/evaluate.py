"""Measures of a run against a benchmark's judgements and answers (`xqg.evaluate`, `xqg evaluate`)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xqg.benchmarks import Benchmark
from xqg.benchmarks import benchmark as load_benchmark
from xqg.errors import XqgError
from xqg.evaluation import (
    Measure,
    Run,
    check_reader,
    check_run,
    default_measures,
    lacking,
    line_of,
    measures_of,
    order,
    read_trec,
    reasons,
    tokenizer_name,
)
from xqg.evaluation import evaluate as measured
from xqg.experiment.answers import Reading, ReadingOptions
from xqg.experiment.description import Compared, Description, SettingRow
from xqg.experiment.design import fold_of
from xqg.experiment.folder import check_folder, versions
from xqg.experiment.results import Results
from xqg.experiment.scale import Scale
from xqg.kept import check_absent, partial_folder
from xqg.passages import english_name
from xqg.progress import bars

__all__ = ["evaluate"]

SETTING = "run"  # the one setting of an evaluation: what made the run is not known

logger = logging.getLogger(__name__)


def evaluate(
    run: str | Path | Run,
    benchmark: str | Path | Benchmark,
    measures: str | Sequence[Any] | None = None,
    *,
    out: str | Path | None = None,
    data: str | Path | None = None,
    query_language: str | None = None,
    passage_language: str | None = None,
    fold: str | tuple[int, int] | None = None,
    allow_missing: bool = False,
    reader: Any = None,
    read_top: int | None = None,
    reader_question: str | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> Results:
    """Measure a run.

        >>> run = {question.id: [("jp", 2.0), ("fr", 1.0)] for question in xqg.benchmark("countries").questions_in("ja")}
        >>> print(xqg.evaluate(run, "countries", ["R@1", "RR@10"], progress=False))
        language  questions     R@1   RR@10
        ja               12  0.0833  0.1250

    A run that lacks questions of a language it has is refused, for they would lower every number unseen. A
    language of which it has no question is left out.

    Args:
        run: a TREC file, or question id → [(passage id, score)].
        benchmark: a name, a BEIR folder, or a loaded one.
        measures: `"nDCG@10 Answer@5"`, or a list of names and objects; None: those of the usual ones that
            apply.
        out: folder of the results to make; None: none.
        data: folder of a named benchmark's files.
        query_language: of the run's questions; needed where parallel questions share ids.
        passage_language: of the pool, or `all`.
        fold: `0/5`: the questions of one fold of the clusters only.
        allow_missing: count questions that the run lacks as 0.
        reader: of the top passages, for EM and F1.
        read_top, reader_question: passages that it reads (None: 5) and the form of the question, `asked`
            (None) or `parallel`.
        device, dtype: where the reader runs, and its number type.
        progress: show bars.

    Returns:
        `print(results)` shows:

            language  questions     R@1     R@5   RR@10
            de             1190  0.4193  0.6176  0.5046
            ja             1190  0.0580  0.1269  0.0883
            macro          2380  0.2387  0.3723  0.2965

    Raises:
        XqgError: a malformed run, one of another benchmark, one that lacks questions; wrong measures.
    """
    check_folder(out)
    folder = None if out is None else Path(out)
    if folder is not None:
        check_absent(folder)
    if query_language is not None:
        _check_language(query_language)
    part = fold_of(fold)
    given = None if measures is None else measures_of(measures)
    reading = _reading_options(reader, read_top, reader_question, dtype, given)
    name, ranked, digest = _read(run)
    with bars(progress):
        pool = load_benchmark(benchmark, data=data, passage_language=passage_language)
        ranked, pool = (ranked, pool) if part is None else _of_fold(ranked, pool, *part)
        path = Path(run) if isinstance(run, str | Path) else None
        runs = _by_language(ranked, pool, query_language, path)
        missing = _missing(runs, pool, name, allow_missing)
        left_out: dict[str, str] = {}
        chosen: Sequence[Measure] = given or []
        if given is None:
            chosen, left_out = default_measures(pool, list(runs), reader=reading is not None, runs=runs)
        values, reader_settings = _values(name, runs, pool, chosen, reading, device)
    settings = {
        "run": name,
        "run_sha256": digest,
        "benchmark": pool.name,
        "data": pool.fingerprint,
        "passages": len(pool.passages),
        "passage_languages": list(pool.passage_languages),
        "query_languages": list(runs),
        "measures": [measure.name for measure in chosen],
        "tokenizer": tokenizer_name() if any(measure.name.endswith("kt") for measure in chosen) else None,
        "versions": versions(),
        "fold": None if part is None else "{}/{}".format(*part),
        "missing_questions": {code: len(ids) for code, ids in missing.items()} or None,
        "reader": reader_settings,
    }
    scales = {measure.name: Scale.of(measure) for measure in chosen}
    description = Description("evaluation", (Compared(name),), scales, (SettingRow(SETTING),))
    results = Results(settings, description, {(SETTING, 0): values}, {}, dict(pool.groups))
    if folder is not None:
        with partial_folder(folder) as made:
            results.save(made)
    for reason, names in reasons(left_out).items():
        logger.warning("left out: %s (%s)", names, reason)
    _warn(runs, missing, pool, query_language)
    return results


def _check_language(code: str) -> None:
    if not isinstance(code, str):
        raise XqgError(f"`query_language` is {code!r}; give a code such as ja")
    english_name(code)


def _reading_options(
    reader: Any, top: int | None, form: str | None, dtype: str, measures: Sequence[Measure] | None
) -> ReadingOptions | None:
    check_reader(measures or (), reader=reader is not None)
    options = ReadingOptions.of(reader, top, form or ("asked" if reader is not None else None), dtype)
    if options is not None and measures is not None and not any(measure.needs_reader for measure in measures):
        raise XqgError("none of `measures` is a reader's; add EM and F1 to them, or leave `reader` out")
    return options


def _read(run: str | Path | Run) -> tuple[str, Run, str]:
    """The run's name without folders, which are this machine's business; the run; its SHA-256."""
    if isinstance(run, str | Path):
        ranked = read_trec(run)
        return Path(run).name, ranked, hashlib.sha256(Path(run).read_bytes()).hexdigest()
    if not isinstance(run, Mapping):
        raise XqgError(
            f"`run` is {type(run).__name__}; give a TREC file, or a dictionary question id → [(passage id, score)]"
        )
    ranked = {str(id_): _ordered(str(id_), pairs) for id_, pairs in run.items()}
    if not any(ranked.values()):
        raise XqgError("`run` is empty; retrieve passages first")
    return "run", ranked, hashlib.sha256(json.dumps(ranked).encode()).hexdigest()


def _ordered(question_id: str, pairs: Any) -> list[tuple[str, float]]:
    try:
        ranking = order(pairs)
    except (TypeError, ValueError):
        raise XqgError(f"`run` has {pairs!r:.60} for question {question_id!r}; give [(passage id, score)]") from None
    seen: set[str] = set()
    for passage_id, _ in ranking:
        if passage_id in seen:
            raise XqgError(f"`run` has passage {passage_id!r} a second time for question {question_id!r}; keep one")
        seen.add(passage_id)
    return ranking


def _of_fold(run: Run, benchmark: Benchmark, number: int, folds: int) -> tuple[Run, Benchmark]:
    """The benchmark's questions of one fold, and the run without those of the others."""
    part = benchmark.fold(number, folds)
    others = benchmark.groups.keys() - part.groups.keys()
    return {id_: ranking for id_, ranking in run.items() if id_ not in others}, part


def _by_language(run: Run, benchmark: Benchmark, language: str | None, path: Path | None) -> dict[str, Run]:
    """Question language → its part of the run.

    Raises:
        XqgError: an unknown question or passage, or ids that stand for questions in several languages.
    """
    if language is not None:
        check_run(run, benchmark, language, path)
        return {language: run}
    language_of: dict[str, str] = {}
    for question in benchmark.questions:
        if question.id in run and question.id in language_of:
            raise XqgError(
                f"{benchmark.name}: the run's question ids stand for parallel questions in several languages; name "
                f"the run's with `query_language`, one of {', '.join(benchmark.query_languages)}"
            )
        language_of[question.id] = question.language
    parts: dict[str, Run] = {}
    for question_id, pairs in run.items():
        if question_id not in language_of:
            raise XqgError(
                f"{line_of(path, question_id)}question {question_id!r} is not one of {benchmark.name}'s; "
                "evaluate the run on the benchmark that it was retrieved for"
            )
        parts.setdefault(language_of[question_id], {})[question_id] = pairs
    for code, part in parts.items():
        check_run(part, benchmark, code, path)
    return dict(sorted(parts.items()))


def _missing(runs: Mapping[str, Run], benchmark: Benchmark, name: str, allowed: bool) -> dict[str, list[str]]:
    """Question language → ids that the run lacks, where it lacks some.

    Raises:
        XqgError: some are lacking and that is not allowed.
    """
    missing = {code: ids for code, run in runs.items() if (ids := lacking(run, benchmark, code))}
    if missing and not allowed:
        counts = ", ".join(
            f"{len(ids)} of {len(benchmark.questions_in(code))} in {code}" for code, ids in missing.items()
        )
        first = next(iter(missing.values()))[0]
        raise XqgError(
            f"{name}: the run lacks questions ({counts}; the first is {first!r}); retrieve passages for them, or "
            "count them 0 with `allow_missing`"
        )
    return missing


def _values(
    name: str,
    runs: Mapping[str, Run],
    benchmark: Benchmark,
    measures: Sequence[Measure],
    options: ReadingOptions | None,
    device: str | None,
) -> tuple[dict[tuple[str, str], dict[str, dict[str, float]]], dict[str, Any] | None]:
    """(run, question language) → measure → question id → value; and the settings of the reader."""
    of_rankings = [measure for measure in measures if not measure.needs_reader]
    values = {(name, code): measured(run, benchmark, code, of_rankings) for code, run in runs.items()}
    if options is None:
        return values, None
    of_answers = [measure for measure in measures if measure.needs_reader]
    for code, run in runs.items():  # a pool or questions that a measure refuses are refused before the long work
        measured(run, benchmark, code, of_answers, {})
    reading = Reading.load(options, benchmark, runs, None, device)
    questions = {code: benchmark.questions_in(code) for code in runs}
    keyed = {(name, code): run for code, run in runs.items()}
    for key, own in reading.values(keyed, of_answers, questions).items():
        by_name = {**values[key], **own}
        values[key] = {measure.name: by_name[measure.name] for measure in measures}
    return values, {**reading.settings(), "question": reading.forms[0]}


def _warn(
    runs: Mapping[str, Run], missing: Mapping[str, list[str]], benchmark: Benchmark, language: str | None
) -> None:
    """Say what the run lacks, so that no number is taken for another."""
    for code in benchmark.query_languages if language is None else (language,):
        if code not in runs:
            logger.warning("the run has no question in %s; that language is not evaluated", code)
        elif code in missing:
            text = "the run lacks questions in %s: %d, which count 0; the first is %r"
            logger.warning(text, code, len(missing[code]), missing[code][0])
