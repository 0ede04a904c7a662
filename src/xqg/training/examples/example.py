"""What models are trained on: questions with the passages that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xqg.passages.records import Passage

__all__ = ["Example", "TrainingData"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question in one or several languages, and the passage that answers it, likewise.

    Attributes:
        id: unique in the data.
        questions: language → the question in it; several are translations of each other.
        passages: language → the passage in it, likewise.
        group: the article or entity that it is about, what splits go by; empty where unknown.
        negatives: passages that do not answer it (hard negatives).
    """

    id: str
    questions: Mapping[str, str]
    passages: Mapping[str, Passage]
    group: str = ""
    negatives: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class TrainingData:
    """Examples, and what hard negatives are mined from.

    Attributes:
        examples: in a fixed order.
        pool: passages with distinct ids, those of the examples among them.
        positives: example id → ids of all passages known to answer it, in every language.
    """

    examples: Sequence[Example]
    pool: Sequence[Passage] = ()
    positives: Mapping[str, frozenset[str]] = field(default_factory=dict)
