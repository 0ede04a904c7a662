"""What no row of an index can tell: it rides in the message of each commit, and the next one hands it on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from xqg.index.manifest import Generation

__all__ = ["Notes"]


@dataclass(frozen=True)
class Notes:
    """What a version knows of the changes before it.

    Attributes:
        next_block: number of the first block of passages that are added next; None: one more than the
            largest there is, where the commit that knew is lost.
        skipped: bad passages that were left out so far.
        generation: where all queries came from, once passages with queries of another source than the
            manifest's were added; None: as the manifest says.
    """

    next_block: int | None = None
    skipped: int = 0
    generation: Generation | None = None

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write and `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Any) -> Notes:
        """What `to_json` made; nothing is known where it is something else."""
        try:
            generation = row["generation"]
            if generation is not None:
                generation = Generation(**{**generation, "generators": tuple(generation["generators"])})
            return cls(int(row["next_block"]), int(row["skipped"]), generation)
        except (KeyError, TypeError, ValueError):
            return cls()
