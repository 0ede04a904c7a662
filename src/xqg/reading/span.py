"""A reader's answer: a stretch of a passage."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """What a reader takes from a passage as the answer to a question.

    Attributes:
        text: the answer, `passage.text[start:end]`.
        passage_id: the passage read.
        start: offset of the first character in the passage's text, from 0.
        end: offset after the last character.
        score: the reader's, higher is better; comparable over passages of one reader.
    """

    text: str
    passage_id: str
    start: int
    end: int
    score: float
