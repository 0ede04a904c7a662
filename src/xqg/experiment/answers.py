"""A reader's answers from the top passages of every run, and what it answers from the right passage."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.checks import checked_choice, checked_whole
from xqg.errors import XqgError
from xqg.evaluation import Measure, Run
from xqg.passages.records import Question
from xqg.reading import (
    QUESTION_FORMS,
    AnswerCache,
    QuestionForm,
    Span,
    answer_questions,
    as_reader,
    question_texts,
)

if TYPE_CHECKING:
    from xqg.reading import Reader

__all__ = ["READ_TOP", "Ceiling", "FormMeasure", "Reading", "ReadingOptions"]

READ_TOP = 5  # passages read for each question where nobody says how many
Ceiling = Mapping[tuple[str, str], float]  # (question language, measure) → mean with the right passage
Runs = Mapping[tuple[str, str], Run]  # (system, question language) → run

logger = logging.getLogger(__name__)


class FormMeasure(Measure):
    """A reader's measure of answers to the other form of the question: `EM(parallel)`."""

    needs_reader: ClassVar[bool] = True

    def __init__(self, measure: Measure, form: QuestionForm) -> None:
        """The same measure under another name."""
        self.measure = measure
        self.question_form = form

    @property
    def name(self) -> str:
        """The measure's name and the form."""
        return f"{self.measure.name}({self.question_form})"

    def per_question(
        self, ranked: Any, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """As the measure itself."""
        return self.measure.per_question(ranked, questions, benchmark)


@dataclass(frozen=True)
class ReadingOptions:
    """What `reader` and the arguments that go with it say, checked.

    Attributes:
        reader: a name, or a loaded one.
        top: passages read for each question.
        form: of the question; None: what the reader can (`forms_for`).
        dtype: number type of the reader's weights.
    """

    reader: Any
    top: int = READ_TOP
    form: QuestionForm | None = None
    dtype: str = "auto"

    @classmethod
    def of(cls, reader: Any, top: int | None, form: str | None, dtype: str) -> ReadingOptions | None:
        """The options; None without a reader.

        Raises:
            XqgError: arguments that need a reader without one, an unknown form of the question.
        """
        if reader is None:
            for name, value in (("read_top", top), ("reader_question", form)):
                if value is not None:
                    raise XqgError(f"`{name}` is for a reader; give `reader` MODEL with it, or leave it out")
            return None
        read = READ_TOP if top is None else checked_whole("read_top", top)
        asked = None if form is None else checked_choice("`reader_question`", form, QUESTION_FORMS)
        if not isinstance(reader, str | Path):  # a wrong object is refused before anything is loaded
            reader = as_reader(reader)
        return cls(reader, read, asked, dtype)


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
    cache: AnswerCache | None

    @classmethod
    def load(
        cls,
        options: ReadingOptions,
        benchmark: Benchmark,
        languages: Iterable[str],
        folder: Path | None,
        device: str | None,
    ) -> Reading:
        """Load the reader. Its answers are kept in `folder`/answers; None: nowhere.

        Raises:
            XqgError: a model that cannot be loaded, a form of the question that the benchmark lacks.
        """
        languages = list(languages)
        if options.form is not None:  # refused before the model is loaded
            for language in languages:
                question_texts(benchmark, language, options.form)
        reader = as_reader(options.reader, device=device, dtype=options.dtype)
        forms = (options.form,) if options.form else forms_for(reader, benchmark, languages)
        cache = None if folder is None else AnswerCache(folder / "answers")
        return cls(reader, options.top, forms, benchmark, cache)

    def settings(self) -> dict[str, Any]:
        """As results.json has it."""
        return {**self.reader.settings(), "top": self.top, "question": list(self.forms)}

    def measures(self, measures: Sequence[Measure]) -> list[Measure]:
        """The measures with those of the second form of the question after them."""
        others = [FormMeasure(m, form) for form in self.forms[1:] for m in measures if m.needs_reader]
        return [*measures, *others]

    def values(
        self, runs: Runs, measures: Sequence[Measure], questions: Mapping[str, Sequence[Question]]
    ) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
        """(system, question language) → reader's measure → question id → value.

        A pair of question and passage is read once, whichever system or language it comes from.

        Args:
            measures: as `measures` gives them; those of rankings are left alone.
            questions: language → those that are asked.
        """
        values: dict[tuple[str, str], dict[str, dict[str, float]]] = {key: {} for key in runs}
        for form in self.forms:
            of_form = self._of_form(measures, form)
            self._read_ahead(runs, form)
            for (system, language), run in runs.items():
                answers = self._answers(run, language, form, self.top)
                for measure in of_form:
                    measured = measure.per_question(answers, questions[language], self.benchmark)
                    values[system, language][measure.name] = measured
        return values

    def ceiling(self, measures: Sequence[Measure], questions: Mapping[str, Sequence[Question]]) -> Ceiling:
        """What the reader gets from the right passages, however many a question has."""
        ceiling: dict[tuple[str, str], float] = {}
        for form in self.forms:
            for language, asked in questions.items():
                run = _right_passages(self.benchmark, asked)
                answers = self._answers(run, language, form, max(map(len, run.values())))
                for measure in self._of_form(measures, form):
                    values = measure.per_question(answers, asked, self.benchmark)
                    ceiling[language, measure.name] = sum(values.values()) / len(values)
        return ceiling

    def _of_form(self, measures: Sequence[Measure], form: QuestionForm) -> list[Measure]:
        forms = {m.name: m.question_form if isinstance(m, FormMeasure) else self.forms[0] for m in measures}
        return [measure for measure in measures if measure.needs_reader and forms[measure.name] == form]

    def _answers(self, run: Run, language: str, form: QuestionForm, top: int) -> dict[str, Span]:
        return answer_questions(
            self.reader, run, self.benchmark, language, top=top, question_form=form, cache=self.cache
        )

    def _read_ahead(self, runs: Runs, form: QuestionForm) -> None:
        """Read what the runs need in one go: with one bar, and texts of like length together."""
        if self.cache is None:
            return
        pairs = {
            (texts[question_id], passage_id): None
            for (_, language), run in runs.items()
            for texts in [question_texts(self.benchmark, language, form)]
            for question_id, ranked in run.items()
            for passage_id, _ in ranked[: self.top]
        }
        passages = self.benchmark.passage_by_id
        self.cache.read(self.reader, [(text, passages[id_]) for text, id_ in pairs])


def forms_for(reader: Reader, benchmark: Benchmark, languages: Sequence[str]) -> tuple[QuestionForm, ...]:
    """What the reader is given, by the languages that its card names.

    A reader of every question language gets the questions as asked, and the parallel ones too where
    there are any; another reader gets the parallel ones, so that answers differ between systems by
    retrieval alone, and where there are none the questions as they are, with a warning.
    """
    knows_all = reader.languages is None or set(languages) <= set(reader.languages)
    try:
        for language in languages:
            question_texts(benchmark, language, "parallel")
    except XqgError:
        if not knows_all:
            logger.warning(
                "warning: the reader knows %s only, and %s has no parallel questions: it gets them as asked",
                ", ".join(reader.languages or ()),
                benchmark.name,
            )
        return ("asked",)
    return ("asked", "parallel") if knows_all else ("parallel",)


def _right_passages(benchmark: Benchmark, questions: Sequence[Question]) -> Run:
    """Every relevant passage of each question."""
    return {
        question.id: [(id_, 0.0) for id_, grade in benchmark.qrels[question.id].items() if grade > 0]
        for question in questions
        if any(grade > 0 for grade in benchmark.qrels.get(question.id, {}).values())
    }
