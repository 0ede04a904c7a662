"""What a filter of generated queries is: from a block of passages to the queries that go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "NEEDS",
    "Block",
    "Judgement",
    "Needs",
    "PoolFilter",
    "QueryFilter",
    "ScoreFilter",
    "Threshold",
]

Floats = npt.NDArray[np.float32]
Needs = Literal["texts", "pool", "scores"]
NEEDS: tuple[Needs, ...] = ("texts", "pool", "scores")  # the order in which filters are applied: little work first
Judgement = dict[str, list[str | None]]  # language → of each query: None (keep), or why it goes


@dataclass(frozen=True, eq=False)
class Block:
    """Some passages and their generated queries. Memory grows with the block, not with the pool.

    Attributes:
        passage_ids: shape (rows,).
        languages: of all passages and all targets: what a query is told from.
        texts: language → its queries that are not blank, passage by passage.
        owners: language → row in the block of each text's passage, ascending, shape (queries,).
        passages: as the encoder emits them, float32, shape (rows, dimension).
        queries: language → one vector per text, float32, shape (queries, dimension).
    """

    passage_ids: list[str]
    languages: tuple[str, ...]
    texts: Mapping[str, list[str]]
    owners: Mapping[str, npt.NDArray[np.intp]]
    passages: Floats
    queries: Mapping[str, Floats]


@dataclass(frozen=True)
class Threshold:
    """Where a language's best part ends; JSON with `to_json`.

    Attributes:
        score: of the last query that is kept (the best of all where none is kept); None: there was
            no query, and every later one is kept.
        ties: how many queries with exactly that score are kept, the earlier ones.
    """

    score: float | None
    ties: int

    def to_json(self) -> dict[str, Any]:
        """`{"score": 0.5, "ties": 1}`; a float32 survives it to the last bit."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Threshold:
        """What `to_json` gave."""
        return cls(stored["score"], stored["ties"])


class QueryFilter(ABC):
    """A filter: a new one is a new file in `filters/` with a class derived from this one.

        class NoDigits(QueryFilter):
            name = example = "no-digits"

            def judge(self, block):
                return {code: ["has a digit" if re.search("[0-9]", text) else None for text in texts]
                        for code, texts in block.texts.items()}

    Attributes:
        example: as on the command line, with a parameter where it takes one: `best:0.7`.
        needs: what must be known before a block can be judged. `texts`: its texts alone, it has no
            vectors then; `pool`: all passage vectors (`PoolFilter`); `scores`: a score of every query
            (`ScoreFilter`, of which there is one in a chain at most).
    """

    example: ClassVar[str]
    needs: ClassVar[Needs] = "texts"

    @classmethod
    def parse(cls, setting: str | None) -> QueryFilter | None:
        """The filter for what follows the colon (None: no colon); None where it makes no sense."""
        return cls() if setting is None else None

    @property
    @abstractmethod
    def name(self) -> str:
        """Canonical, as on the command line and in the manifest: `language`, `round-trip:10`, `best:0.7`."""

    @abstractmethod
    def judge(self, block: Block) -> Judgement:
        """What happens to each query of a block: None (it stays), or the reason why it goes, in words.

        Raises:
            ValueError: what the filter needs of the whole pool was not given.
        """


class PoolFilter(QueryFilter):
    """A filter that needs the vectors of all passages: it is given them with `over` first."""

    needs: ClassVar[Needs] = "pool"

    @abstractmethod
    def over(self, vectors: npt.NDArray[np.floating], ids: Sequence[str], normalised: bool) -> QueryFilter:
        """The filter for a pool.

        Args:
            vectors: as the encoder emits them, shape (passages, dimension), to be read in slices.
            ids: of each row.
            normalised: whether vectors are compared at unit length.
        """


class ScoreFilter(QueryFilter):
    """A filter that needs a score of every query: it is given thresholds of all scores first.

    Attributes:
        ties_kept: language → queries with exactly the threshold's score that were kept so far.
    """

    needs: ClassVar[Needs] = "scores"
    ties_kept: dict[str, int]

    @abstractmethod
    def scores(self, block: Block) -> dict[str, Floats]:
        """Language → the score of each query of a block."""

    @abstractmethod
    def thresholds(self, scores: Mapping[str, Floats]) -> dict[str, Threshold]:
        """Language → threshold, from all scores of a language, shape (queries,)."""

    @abstractmethod
    def with_thresholds(
        self, thresholds: Mapping[str, Threshold], ties_kept: Mapping[str, int] | None = None
    ) -> QueryFilter:
        """The filter for the queries that the thresholds are from; `ties_kept` of blocks judged before."""

    @abstractmethod
    def for_additions(self, thresholds: Mapping[str, Threshold]) -> QueryFilter:
        """The filter for later queries: a score at the threshold or above stays."""
