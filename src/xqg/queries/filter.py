"""What a filter of generated queries is: from a block of passages to the queries that go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Block", "FilterFamily", "Judgement", "Needs", "QueryFilter"]

Floats = npt.NDArray[np.float32]
Needs = Literal["texts", "pool", "scores"]
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


class QueryFilter(Protocol):
    """One file in this folder; a new filter is a new file and its name in `FILTERS`."""

    @property
    def name(self) -> str:
        """Canonical, as on the command line and in the manifest: `language`, `round-trip:10`, `best:0.7`."""

    @property
    def needs(self) -> Needs:
        """What must be known of the whole pool before a block can be judged.

        `texts`: nothing; `pool`: all passage vectors; `scores`: a score of every query.
        """

    def judge(self, block: Block) -> Judgement:
        """What happens to each query of a block: None (it stays), or the reason why it goes, in words.

        Raises:
            ValueError: what the filter needs of the whole pool was not given.
        """


class FilterFamily(Protocol):
    """A module of this folder."""

    EXAMPLE: str  # as on the command line

    def parse(self, setting: str | None) -> QueryFilter | None:
        """The filter for what follows the colon (None: no colon); None where it makes no sense."""
