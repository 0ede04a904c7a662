"""What an arm is: which queries enter a passage's vector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.plan import Plan

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["Arm", "TextSource"]


@dataclass(frozen=True)
class TextSource:
    """What an arm may make its own texts from.

    Attributes:
        benchmark: with all its questions, whatever `--limit` and `--query-languages` leave of them.
        queries: the generated ones: language → passage id → texts.
        seed: the user's.
        encoder: says what it sees of a passage.
    """

    benchmark: Benchmark
    plan: Plan
    queries: Texts
    seed: int
    encoder: Encoder

    @cached_property
    def visible(self) -> dict[str, str]:
        """Passage id → the prefix of its text that the encoder reads."""
        passages = self.benchmark.passages
        seen = self.encoder.visible_prefix([passage.full_text for passage in passages])
        return {passage.id: text for passage, text in zip(passages, seen, strict=True)}


class Arm(ABC):
    """One file in this folder; a new arm is a new file and its name in `ARMS`.

    Attributes:
        name: in tables and files.
        bound: an upper bound, which is marked and never ranked with the rest.
    """

    name: str
    bound: bool = False

    def needs(self, plan: Plan, passage_language: str) -> Mapping[str, int]:
        """Language → generated queries that a passage of that language must have."""
        return {}

    def obstacle(self, benchmark: Benchmark, plan: Plan) -> str | None:
        """Why this benchmark cannot fill the arm, whatever is generated; None: it can."""
        return None

    def texts(self, source: TextSource) -> Texts:
        """Texts of the arm's own, by any keys, encoded as queries are into `Parts.own[name]`."""
        return {}

    @abstractmethod
    def count(self, plan: Plan) -> int:
        """Queries in a passage's vector (K in results.json)."""

    @abstractmethod
    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The queries of each passage for questions of a language: groups, in a fixed order."""

    def sums(self, parts: Parts, question_language: str) -> list[npt.NDArray[np.float32]]:
        """What is added to the passage vectors: one sum per group, shape (passages, dimension)."""
        return [group.sums for group in self.queries(parts, question_language)]
