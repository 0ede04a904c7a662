"""Flags of a reader, and its answers from the top passages of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.benchmarks import Benchmark
    from xqg.evaluation import Measure, Run
    from xqg.experiment.settings import ReadingRequest
    from xqg.reading import QuestionForm, Span

__all__ = [
    "ReadTop",
    "ReaderDtype",
    "ReaderName",
    "ReaderQuestion",
    "Reading",
    "answers_of",
    "check_reading",
    "is_readers",
    "reading_request",
]

ReaderName = Annotated[
    str | None,
    typer.Option(metavar="MODEL", help="Reader of the top passages, for EM and F1: folder, hub id, or mini."),
]
ReadTop = Annotated[int | None, typer.Option(min=1, help="Passages read for each question.  [default: 5]")]
ReaderQuestion = Annotated[
    str | None,
    typer.Option(
        metavar="FORM",
        help="What the reader is given: the question as `asked`, or the `parallel` one in the passages' "
        "language.  [default: asked; compare: as the reader's languages are]",
    ),
]
ReaderDtype = Annotated[str, typer.Option(metavar="TYPE", help="As --dtype, for the reader; auto: float32.")]


class Reading(NamedTuple):
    """What `--reader` and the flags that go with it ask for."""

    model: str
    top: int
    form: QuestionForm


def check_reading(
    model: str | None, top: int | None, form: str | None, measures: Sequence[Measure] | None
) -> Reading | None:
    """The reading asked for; None without a reader.

    Args:
        measures: those asked for; None: the command's default.

    Raises:
        XqgError: measures or flags that need a reader without one, a reader without a measure of
            its own, an unknown form of the question.
    """
    from xqg.evaluation import check_reader
    from xqg.reading import QUESTION_FORMS

    check_reader(measures or (), reader=model is not None)
    if model is None:
        for flag, value in (("read-top", top), ("reader-question", form)):
            if value is not None:
                raise XqgError(f"--{flag} is for a reader; give --reader MODEL with it, or leave it out")
        return None
    known = next((one for one in QUESTION_FORMS if form in (None, one)), None)  # the first is the default
    if known is None:
        raise XqgError(
            f"unknown form of the reader's question {form!r}; use one of {', '.join(QUESTION_FORMS)}"
        )
    if measures is not None and not any(map(is_readers, measures)):
        raise XqgError("none of --measures is a reader's; add EM and F1 to them, or leave --reader out")
    return Reading(model, 5 if top is None else top, known)


def reading_request(
    model: str | None, top: int | None, form: str | None, dtype: str
) -> ReadingRequest | None:
    """The reader of a comparison; None without one. None for the form: by the reader's languages.

    Raises:
        XqgError: flags that need a reader without one, an unknown form of the question.
    """
    from xqg.experiment.settings import ReadingRequest

    found = check_reading(model, top, form, None)
    if found is None:
        return None
    return ReadingRequest(found.model, found.top, found.form if form is not None else None, dtype)


def is_readers(measure: Measure) -> bool:
    """Whether a measure is one of a reader's answers."""
    return measure.needs_reader


def answers_of(
    reading: Reading, runs: Mapping[str, Run], benchmark: Benchmark, device: str | None, dtype: str
) -> tuple[dict[str, dict[str, Span]], dict[str, Any]]:
    """Question language → question id → answer from the run of that language; and the settings.

    Raises:
        XqgError: a model that cannot be loaded, questions that have no parallel one.
    """
    from xqg.reading import answer_questions, load_reader, question_texts

    for code in runs:
        question_texts(benchmark, code, reading.form)  # what has no parallel one is refused first
    reader = load_reader(reading.model, device=device, dtype=dtype)
    answers = {
        code: answer_questions(reader, run, benchmark, code, top=reading.top, question_form=reading.form)
        for code, run in runs.items()
    }
    settings = {"name": reader.name, "fingerprint": reader.fingerprint, **reader.settings()}
    return answers, {**settings, "top": reading.top, "question": reading.form}
