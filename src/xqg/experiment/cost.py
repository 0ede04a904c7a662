"""What a comparison cost: generated queries, and seconds of each stage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["STAGES", "Cost"]

STAGES = ("generating", "encoding", "tuning", "ranking", "measuring", "reading")


class Cost:
    """Counted on the way. What was kept from an interrupted run is not counted again.

    Attributes:
        generated_queries: that the arms and baselines took, blank ones included.
        seconds: stage → wall time; stages are those of `STAGES`, one at a time.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self.generated_queries = 0
        self.seconds = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the block to a stage."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] += time.monotonic() - started

    def to_dict(self) -> dict[str, Any]:
        """`generated_queries` and `seconds`, as `settings["cost"]` has it."""
        seconds = {name: round(taken, 1) for name, taken in self.seconds.items()}
        return {"generated_queries": self.generated_queries, "seconds": seconds}
