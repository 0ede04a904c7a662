"""A reader's answers beside the gold answers, which all reader measures share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.records import Passage, Question
from xqg.reading.span import Span

__all__ = ["Similarity", "best_over_gold"]

Similarity = Callable[[str, str, str], float]  # answer, gold answer, language of both → 0 to 1


def best_over_gold(
    similarity: Similarity,
    answers: Mapping[str, Span],
    questions: Sequence[Question],
    benchmark: Benchmark,
) -> dict[str, float]:
    """Question id → the best similarity of its answer to a gold answer, as SQuAD's script takes it.

    Gold answers are those of the language of the passage that the answer was taken from; blank ones
    are none. See `ReaderMeasure.per_answer` for the rest.
    """
    samples = benchmark.samples.values()
    found: dict[str, float] = {}
    for question in questions:
        if not any(_gold(benchmark, question, passage) for passage in samples):
            continue
        span = answers.get(question.id)
        if span is None:
            found[question.id] = 0.0
            continue
        passage = _passage(question, span, benchmark)
        gold = _gold(benchmark, question, passage)
        found[question.id] = max(
            (similarity(span.text, one, passage.language) for one in gold), default=0.0
        )
    return found


def _gold(benchmark: Benchmark, question: Question, passage: Passage) -> list[str]:
    return [answer for answer in benchmark.answers(question, passage) if answer.strip()]


def _passage(question: Question, span: Span, benchmark: Benchmark) -> Passage:
    passage = benchmark.passage_by_id.get(span.passage_id)
    if passage is None:
        raise XqgError(
            f"the answer to question {question.id!r} is from passage {span.passage_id!r}, which is not one "
            f"of {benchmark.name}'s; read passages of the pool that is evaluated"
        )
    return passage
