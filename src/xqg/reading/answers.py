"""From a run to answers: the best span among the top passages of each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading.cache import AnswerCache
from xqg.reading.reader import Reader
from xqg.reading.span import Span

__all__ = ["QUESTION_FORMS", "QuestionForm", "answer_questions", "question_texts"]

QuestionForm = Literal["asked", "parallel"]
QUESTION_FORMS: tuple[QuestionForm, ...] = ("asked", "parallel")


def answer_questions(
    reader: Reader,
    run: Mapping[str, Sequence[tuple[str, float]]],
    benchmark: Benchmark,
    language: str,
    *,
    top: int = 5,
    question_form: QuestionForm = "asked",
    cache: AnswerCache | None = None,
) -> dict[str, Span]:
    """Question id → the span of the highest score in its first `top` passages.

    Equal scores take the passage that is ranked higher. A question without passages has no answer.

    Args:
        run: question id → (passage id, score), best first.
        language: of the run's questions.
        question_form: `asked`: the question as it is; `parallel`: the one with the same id in the
            passages' language, so that answers differ by retrieval alone where the reader knows no
            other language.
        cache: keeps spans by question text and passage; None: every pair is read anew.

    Raises:
        XqgError: no `top`, no parallel question.
    """
    if top < 1:
        raise XqgError(f"the reader is to read {top} passages; use 1 or more")
    texts = question_texts(benchmark, language, question_form)
    wanted = [
        (question_id, texts[question_id], benchmark.passage_by_id[passage_id])
        for question_id, ranked in run.items()
        for passage_id, _ in ranked[:top]
    ]
    pairs: list[tuple[str, Passage]] = list(dict.fromkeys((text, passage) for _, text, passage in wanted))
    spans = cache.read(reader, pairs) if cache else reader.read(pairs)
    by_pair = {(text, passage.id): span for (text, passage), span in zip(pairs, spans, strict=True)}
    found: dict[str, Span] = {}
    for question_id, text, passage in wanted:
        span = by_pair[text, passage.id]
        if question_id not in found or span.score > found[question_id].score:
            found[question_id] = span
    return found


def question_texts(benchmark: Benchmark, language: str, form: QuestionForm) -> dict[str, str]:
    """Question id → what the reader is asked, for the questions of a language.

    Raises:
        XqgError: an unknown form; `parallel` where the pool has several languages or questions of
            the same ids are missing in the passages' language.
    """
    if form not in QUESTION_FORMS:
        raise XqgError(f"unknown form of question {form!r}; use one of {', '.join(QUESTION_FORMS)}")
    questions = benchmark.questions_in(language)
    if form == "asked":
        return {question.id: question.text for question in questions}
    pool = benchmark.passage_languages
    if len(pool) > 1:
        raise XqgError(
            f"{benchmark.name}: passages in {len(pool)} languages have no one parallel question; give the "
            "reader the questions as asked"
        )
    texts = {question.id: question.text for question in benchmark.questions if question.language == pool[0]}
    lacking = [question.id for question in questions if question.id not in texts]
    if lacking:
        raise XqgError(
            f"{benchmark.name}: question {lacking[0]!r} has no parallel one in {pool[0]!r}; give the reader "
            "the questions as asked"
        )
    return {question.id: texts[question.id] for question in questions}
