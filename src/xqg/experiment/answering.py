"""A reader's answers from the top passages of every run, and what it answers from the right passage."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Measure, Run
from xqg.experiment.evaluation import Outcome
from xqg.experiment.settings import ReadingRequest
from xqg.passages.records import Question
from xqg.reading import QUESTION_FORMS, AnswerCache, QuestionForm, Span, answer_questions, question_texts

if TYPE_CHECKING:
    from xqg.reading import Reader

__all__ = ["Ceiling", "FormMeasure", "Reading", "forms_for", "load_reading", "read_outcomes"]

Ceiling = Mapping[tuple[str, str], float]  # (question language, measure) → mean with the right passage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FormMeasure(Measure):
    """A reader measure of answers to the other form of the question: `EM(parallel)`."""

    needs_reader: ClassVar[bool] = True
    measure: Measure
    question_form: QuestionForm

    @property
    def name(self) -> str:
        """The measure's name and the form."""
        return f"{self.measure.name}({self.question_form})"

    def per_question(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """As the measure itself."""
        return self.measure.per_question(answers, questions, benchmark)


@dataclass(frozen=True)
class Reading:
    """A loaded reader and how it is used.

    Attributes:
        forms: of the question; the first gives `EM`, another `EM(form)`.
        benchmark: with all its questions, parallel ones included.
    """

    reader: Reader
    top: int
    forms: tuple[QuestionForm, ...]
    benchmark: Benchmark
    cache: AnswerCache

    def settings(self) -> dict[str, Any]:
        """As results.json has it."""
        return {**self.reader.settings(), "top": self.top, "question": list(self.forms)}

    def measures(self, asked: Sequence[Any]) -> list[Any]:
        """The measures with those of the second form of the question after them."""
        others = [FormMeasure(m, form) for form in self.forms[1:] for m in asked if m.needs_reader]
        return [*asked, *others]


def load_reading(
    request: ReadingRequest | None,
    benchmark: Benchmark,
    languages: Sequence[str],
    folder: Path,
    device: str | None,
) -> Reading | None:
    """Load the reader that is asked for; None: none is. Its answers are kept in `folder`/answers.

    Raises:
        XqgError: a model that cannot be loaded, a form of the question that the benchmark lacks.
    """
    from xqg.reading import load_reader

    if request is None:
        return None
    if request.form is not None:
        check_form(benchmark, languages, request.form)
    reader = load_reader(request.model, device=device, dtype=request.dtype)
    forms = (request.form,) if request.form else forms_for(reader, benchmark, languages)
    return Reading(reader, request.top, forms, benchmark, AnswerCache(folder / "answers"))


def check_form(benchmark: Benchmark, languages: Sequence[str], form: str) -> None:
    """Refuse an unknown form of the question, and one that the benchmark lacks.

    Raises:
        XqgError: see above.
    """
    if form not in QUESTION_FORMS:
        raise XqgError(f"unknown form of question {form!r}; use one of {', '.join(QUESTION_FORMS)}")
    for language in languages:
        question_texts(benchmark, language, form)


def forms_for(reader: Reader, benchmark: Benchmark, languages: Sequence[str]) -> tuple[QuestionForm, ...]:
    """What the reader is given, by the languages that its card names.

    A reader of every question language gets the questions as asked, and the parallel ones too where
    there are any; another reader gets the parallel ones, so that answers differ between arms by
    retrieval alone (spec §6), and where there are none the questions as they are, with a warning.
    """
    knows_all = reader.languages is None or set(languages) <= set(reader.languages)
    try:
        check_form(benchmark, languages, "parallel")
    except XqgError:
        if not knows_all:
            logger.warning(
                "warning: the reader knows %s only, and %s has no parallel questions: it gets them as asked",
                ", ".join(reader.languages or ()),
                benchmark.name,
            )
        return ("asked",)
    return ("asked", "parallel") if knows_all else ("parallel",)


def read_outcomes(
    reading: Reading, outcomes: Sequence[Outcome], measures: Sequence[Any], questions: Mapping[str, Sequence[Question]]
) -> Ceiling:
    """Add the values of the reader's measures to every outcome; the means with the right passage.

    A pair of question and passage is read once, whichever arm, setting or language it comes from.

    Args:
        measures: the comparison's; those of runs are left alone.
        questions: language → those that are asked.
    """
    ceiling: dict[tuple[str, str], float] = {}
    for form in reading.forms:
        mine = {
            measure.name: measure
            for measure in measures
            if measure.needs_reader and _form(measure, reading.forms[0]) == form
        }
        for outcome in outcomes:
            _read_ahead(reading, outcome, form)
            for (system, language), run in outcome.runs.items():
                answers = _answers(reading, run, language, form)
                for name, measure in mine.items():
                    values = measure.per_question(answers, questions[language], reading.benchmark)
                    outcome.values[system, language][name] = values
        for language, asked in questions.items():
            answers = _answers(reading, _right_passages(reading.benchmark, asked), language, form, every=True)
            for name, measure in mine.items():
                values = measure.per_question(answers, asked, reading.benchmark)
                ceiling[language, name] = sum(values.values()) / len(values)
    return ceiling


def _form(measure: Any, first: QuestionForm) -> QuestionForm:
    return measure.question_form if isinstance(measure, FormMeasure) else first


def _answers(
    reading: Reading, run: Run, language: str, form: QuestionForm, every: bool = False
) -> dict[str, Span]:
    top = max(map(len, run.values())) if every else reading.top
    return answer_questions(
        reading.reader, run, reading.benchmark, language, top=top, question_form=form, cache=reading.cache
    )


def _read_ahead(reading: Reading, outcome: Outcome, form: QuestionForm) -> None:
    """Read what an outcome needs in one go: with one bar, and texts of like length together."""
    pairs = {
        (texts[question_id], passage_id): None
        for (_, language), run in outcome.runs.items()
        for texts in [question_texts(reading.benchmark, language, form)]
        for question_id, ranked in run.items()
        for passage_id, _ in ranked[: reading.top]
    }
    passages = reading.benchmark.passage_by_id
    reading.cache.read(reading.reader, [(text, passages[id_]) for text, id_ in pairs])


def _right_passages(benchmark: Benchmark, questions: Sequence[Question]) -> Run:
    """Every relevant passage of each question."""
    return {
        question.id: [(id_, 0.0) for id_, grade in benchmark.qrels[question.id].items() if grade > 0]
        for question in questions
        if any(grade > 0 for grade in benchmark.qrels.get(question.id, {}).values())
    }
