"""What is searched and what is asked: passages and questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["NO_FIELDS", "Passage", "Question"]


class _NoFields(Mapping[str, object]):
    """The empty mapping that passages without fields share; a mappingproxy could not be copied or hashed."""

    __slots__ = ()

    def __getitem__(self, name: str) -> object:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "{}"

    def __reduce__(self) -> str:
        return "NO_FIELDS"  # a copy is the one itself


NO_FIELDS: Final[Mapping[str, object]] = _NoFields()


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that can be found. `title` may be empty; `language` is a CLDR code.

        >>> passage = xqg.Passage("fi", "Finland", "The currency is the Euro.", "en", {"year": 1917})
        >>> passage.full_text
        'Finland The currency is the Euro.'

    `fields` are what else is known of it, by name: str, int, float, bool or a list of str; a name that
    is absent has no value. They take part in equality, not in the hash.
    """

    id: str
    title: str
    text: str
    language: str
    fields: Mapping[str, object] = field(default=NO_FIELDS, hash=False, repr=False)

    @property
    def full_text(self) -> str:
        """What an encoder reads: title + " " + text, or the text alone where there is no title."""
        return f"{self.title} {self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Question:
    """A query by a person. `answers` are strings in the language of the passages.

    >>> question = xqg.Question("q1", "Mikä on Suomen valuutta?", "fi", answers=("Euro",))
    >>> question.language, question.answers
    ('fi', ('Euro',))
    """

    id: str
    text: str
    language: str
    answers: tuple[str, ...] = ()
