"""Passages and questions: what they are, and how they are read."""

from xqg.passages.bad_rows import BadRow, write_bad_rows
from xqg.passages.inputs import PassagesLike, QuestionsLike, as_passages, as_questions
from xqg.passages.jsonl import read_passages, read_questions
from xqg.passages.languages import as_languages, english_name, parse_languages
from xqg.passages.passage_file import PassageFile
from xqg.passages.records import Passage, Question
from xqg.passages.source import PassageList, PassageSource

__all__ = [
    "BadRow",
    "Passage",
    "PassageFile",
    "PassageList",
    "PassageSource",
    "PassagesLike",
    "Question",
    "QuestionsLike",
    "as_languages",
    "as_passages",
    "as_questions",
    "english_name",
    "parse_languages",
    "read_passages",
    "read_questions",
    "write_bad_rows",
]
