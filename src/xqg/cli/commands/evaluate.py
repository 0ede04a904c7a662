"""`xqg evaluate`: measures of a TREC run, as results.json and report.md."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xqg.cli import options
from xqg.cli import reading as flags
from xqg.cli.command import place
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.benchmarks import Benchmark
    from xqg.evaluation import Measure, Run
    from xqg.reading import Span

__all__ = ["command"]

DEFAULT = ("R@1", "R@5", "RR@10", "Answer@1", "Answer@5", "R@2kt")
OF_READER = ("EM", "F1")
MEASURES = (
    f'Such as "nDCG@10 Answer@5".  [default: of "{" ".join(DEFAULT)}" those that apply, with --reader '
    f'"{" ".join(OF_READER)}" too]'
)
MACRO = "macro"  # in place of a question language: the unweighted mean over them

Means = dict[str, dict[str, tuple[float, int]]]  # question language → measure → mean, questions counted

logger = logging.getLogger(__name__)


@place(180)
def command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="TREC run.", show_default=False)],
    benchmark: Annotated[str, typer.Option(help="Benchmark's name or BEIR folder.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder of the results to make.", show_default=False)],
    data: options.Data = None,
    measures: Annotated[
        str | None,
        typer.Option(help=MEASURES),
    ] = None,
    query_language: Annotated[
        str | None,
        typer.Option(help="Language of the run's questions; needed where parallel questions share ids."),
    ] = None,
    passage_language: options.PassageLanguage = None,
    fold: options.Fold = None,
    allow_missing: Annotated[
        bool,
        typer.Option("--allow-missing", help="Count questions that the run lacks as 0, not as an error."),
    ] = False,
    reader: flags.ReaderName = None,
    read_top: flags.ReadTop = None,
    reader_question: flags.ReaderQuestion = None,
    device: options.Device = None,
    dtype: options.Dtype = "auto",
) -> None:
    """Measure a run against a benchmark's judgements and answers.

    A run that lacks questions of a language it has is refused, for they would lower every number
    unseen; --allow-missing counts them 0. A language of which it has no question is left out.
    """
    from xqg.benchmarks import load
    from xqg.cli.inputs import of_fold
    from xqg.evaluation import parse_many, read_trec
    from xqg.evaluation.text_table import aligned
    from xqg.index.partial import check_absent, partial_folder

    check_absent(out)
    options.check_query_language(query_language)
    asked = None if measures is None else parse_many(measures)
    reading = flags.check_reading(reader, read_top, reader_question, asked)
    ranked = read_trec(run)
    pool = load(benchmark, data=data, passage_language=passage_language)
    ranked, pool = of_fold(ranked, pool, options.check_fold(fold))
    runs = _by_language(ranked, pool, query_language, run)
    missing = _missing(runs, pool, run, allow_missing)
    wanted = _default(pool, list(runs), reading is not None) if asked is None else asked
    means, read_with = _measured(runs, pool, wanted, reading, device, dtype)
    settings = _settings(run, pool, list(runs), wanted)
    settings["fold"] = fold
    settings["missing_questions"] = {code: len(ids) for code, ids in missing.items()} or None
    settings["reader"] = read_with
    names = [measure.name for measure in wanted]
    rows = _rows(means, pool, names)
    table = _table(rows, names)
    with partial_folder(out) as folder:
        _write(folder, {"settings": settings, "rows": rows}, table)
    print(aligned(table))
    _warn(runs, missing, pool, query_language)


def _measured(
    runs: dict[str, Run],
    benchmark: Benchmark,
    measures: Sequence[Measure],
    reading: flags.Reading | None,
    device: str | None,
    dtype: str,
) -> tuple[Means, dict[str, Any] | None]:
    """The mean of every measure in every language, and the settings of the reader."""
    means = _means(runs, benchmark, [measure for measure in measures if not flags.is_readers(measure)])
    if reading is None:
        return means, None
    of_reader = [measure for measure in measures if flags.is_readers(measure)]
    # A pool or questions that a measure refuses are refused before the long work.
    _means(runs, benchmark, of_reader, {code: {} for code in runs})
    answers, settings = flags.answers_of(reading, runs, benchmark, device, dtype)
    for code, of in _means(runs, benchmark, of_reader, answers).items():
        means[code].update(of)
    return means, settings


def _by_language(run: Run, benchmark: Benchmark, language: str | None, path: Path) -> dict[str, Run]:
    """Question language → its part of the run.

    Raises:
        XqgError: an unknown question or passage, or ids that stand for questions in several languages.
    """
    from xqg.cli.inputs import shared_ids
    from xqg.evaluation import check_run, line_of

    if language is not None:
        check_run(run, benchmark, language, path)
        return {language: run}
    if shared_ids(benchmark, set(run)):
        raise XqgError(
            f"{benchmark.name}: the run's question ids stand for parallel questions in several languages; name the "
            f"run's with --query-language, one of {', '.join(benchmark.query_languages)}"
        )
    language_of = {question.id: question.language for question in benchmark.questions}
    found: dict[str, Run] = {}
    for question_id, pairs in run.items():
        if question_id not in language_of:
            raise XqgError(
                f"{line_of(path, question_id)}question {question_id!r} is not one of {benchmark.name}'s; "
                "evaluate the run on the benchmark that it was retrieved for"
            )
        found.setdefault(language_of[question_id], {})[question_id] = pairs
    for code, part in found.items():
        check_run(part, benchmark, code, path)
    return dict(sorted(found.items()))


def _missing(runs: dict[str, Run], benchmark: Benchmark, path: Path, allowed: bool) -> dict[str, list[str]]:
    """Question language → ids that the run lacks, where it lacks some.

    Raises:
        XqgError: some are lacking and that is not allowed.
    """
    from xqg.evaluation import lacking

    found = {code: ids for code, run in runs.items() if (ids := lacking(run, benchmark, code))}
    if found and not allowed:
        counts = ", ".join(
            f"{len(ids)} of {len(benchmark.questions_in(code))} in {code}" for code, ids in found.items()
        )
        first = next(iter(found.values()))[0]
        raise XqgError(
            f"{path}: the run lacks questions ({counts}; the first is {first!r}); retrieve "
            "passages for them, or count them 0 with --allow-missing"
        )
    return found


def _warn(
    runs: dict[str, Run], missing: dict[str, list[str]], benchmark: Benchmark, asked: str | None
) -> None:
    """Say what the run lacks, so that no number is taken for another."""
    for code in benchmark.query_languages if asked is None else (asked,):
        if code not in runs:
            logger.warning("the run has no question in %s; that language is not evaluated", code)
        elif code in missing:
            text = "the run lacks questions in %s: %d, which count 0; the first is %r"
            logger.warning(text, code, len(missing[code]), missing[code][0])


def _default(benchmark: Benchmark, languages: Sequence[str], reader: bool) -> list[Measure]:
    """The default measures that count something in every language, and a reader's where there is one."""
    from xqg.evaluation import parse

    answers = [_answers(benchmark, language) for language in languages]
    # R@<k>kt leaves out yes/no questions, and is defined for English passages.
    english = benchmark.passage_languages == ("en",) and all(found - {"yes", "no"} for found in answers)
    names = []
    for name in DEFAULT:
        if name.startswith("Answer@") and not all(answers):
            continue
        if name.endswith("kt") and not english:
            continue
        names.append(name)
    return [parse(name) for name in (*names, *(OF_READER if reader else ()))]


def _answers(benchmark: Benchmark, language: str) -> set[str]:
    samples = benchmark.samples.values()
    found = (benchmark.answers(q, one) for q in benchmark.questions_in(language) for one in samples)
    return {answer for answers in found for answer in answers if answer.strip()}


def _means(
    runs: dict[str, Run],
    benchmark: Benchmark,
    measures: Sequence[Measure],
    answers: dict[str, dict[str, Span]] | None = None,
) -> Means:
    from xqg.evaluation import evaluate

    means: Means = {}
    for code, run in runs.items():
        values = evaluate(run, benchmark, code, measures, None if answers is None else answers[code])
        means[code] = {name: (sum(of.values()) / len(of), len(of)) for name, of in values.items()}
    return means


def _rows(means: Means, benchmark: Benchmark, measures: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each language and measure, and the macro averages of several languages."""
    from xqg.evaluation import macro

    pool = "+".join(benchmark.passage_languages)
    table = dict(means)
    if len(means) > 1:
        table[MACRO] = {
            name: (
                macro({code: of[name][0] for code, of in means.items()}),
                sum(of[name][1] for of in means.values()),
            )
            for name in measures
        }
    return [
        {
            "query_language": language,
            "passage_language": pool,
            "measure": name,
            "value": by_name[name][0],
            "questions": by_name[name][1],
        }
        for language, by_name in table.items()
        for name in measures
    ]


def _settings(
    run: Path, benchmark: Benchmark, languages: Sequence[str], measures: Sequence[Measure]
) -> dict[str, Any]:
    """What the numbers depend on; file names without folders, which are this machine's business."""
    import hashlib

    from xqg.evaluation import tokenizer_name
    from xqg.experiment.settings import versions

    names = [measure.name for measure in measures]
    return {
        "run": run.name,
        "run_sha256": hashlib.sha256(run.read_bytes()).hexdigest(),
        "benchmark": benchmark.name,
        "data": benchmark.fingerprint,
        "passages": len(benchmark.passages),
        "passage_languages": list(benchmark.passage_languages),
        "query_languages": list(languages),
        "measures": names,
        "tokenizer": tokenizer_name() if any(name.endswith("kt") for name in names) else None,
        "versions": versions(),
    }


def _table(rows: Sequence[dict[str, Any]], measures: Sequence[str]) -> list[list[str]]:
    """A line for each language, a column for each measure."""
    values = {(row["query_language"], row["measure"]): row["value"] for row in rows}
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row["query_language"]] = max(row["questions"], numbers.get(row["query_language"], 0))
    table = [["language", "questions", *measures]]
    for language, number in numbers.items():
        table.append([language, str(number), *(f"{values[language, name]:.4f}" for name in measures)])
    return table


def _write(folder: Path, results: dict[str, Any], table: Sequence[Sequence[str]]) -> None:
    from xqg.evaluation.text_table import as_markdown
    from xqg.experiment.settings import write_json

    write_json(folder / "results.json", results)
    settings = results["settings"]
    lines = [f"# {settings['run']} on {settings['benchmark']}", "", as_markdown(table), "", "## Settings", ""]
    for key, value in settings.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {version}" for name, version in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value))
        if value is not None:
            lines.append(f"- {key}: {value}")
    (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
