"""Reading: answers to questions as spans of passages."""

from __future__ import annotations

from xqg.reading.answers import QUESTION_FORMS, QuestionForm, answer_questions, question_texts
from xqg.reading.cache import AnswerCache
from xqg.reading.reader import Reader, as_reader, load_reader
from xqg.reading.span import Span

__all__ = [
    "QUESTION_FORMS",
    "AnswerCache",
    "QuestionForm",
    "Reader",
    "Span",
    "answer_questions",
    "as_reader",
    "load_reader",
    "question_texts",
]
