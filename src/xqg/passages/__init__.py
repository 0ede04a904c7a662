"""Passages and questions: what they are, and how they are read."""

from xqg.passages.jsonl import read_passages, read_questions
from xqg.passages.languages import english_name, parse_languages
from xqg.passages.records import Passage, Question

__all__ = ["Passage", "Question", "english_name", "parse_languages", "read_passages", "read_questions"]
