"""What is searched and what is asked: passages and questions."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Passage", "Question"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that can be found. `title` may be empty; `language` is a CLDR code."""

    id: str
    title: str
    text: str
    language: str

    @property
    def full_text(self) -> str:
        """What an encoder reads: title + " " + text, or the text alone where there is no title."""
        return f"{self.title} {self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Question:
    """A query by a person. `answers` are strings in the language of the passages."""

    id: str
    text: str
    language: str
    answers: tuple[str, ...] = ()
