"""The spread of a measure between seeds of the sampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Spread"]


@dataclass(frozen=True)
class Spread:
    """The primary measure's mean over languages, by seed.

    Attributes:
        values: system → its value with each seed, fractions, in the order of `seeds`.
        differences: `cross` - `mono` with each seed; empty where one of them did not run.
    """

    seeds: tuple[int, ...]
    measure: str
    values: dict[str, tuple[float, ...]]
    differences: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """As seeds.json has it, with means and standard deviations (n - 1) over seeds."""
        rows = [
            {"arm": name, "values": list(mine), "mean": float(np.mean(mine)), "sd": float(np.std(mine, ddof=1))}
            for name, mine in self.values.items()
        ]
        found: dict[str, Any] = {"seeds": list(self.seeds), "measure": self.measure, "rows": rows}
        if self.differences:
            found["cross - mono"] = {
                "values": list(self.differences),
                "mean": float(np.mean(self.differences)),
                "sd": float(np.std(self.differences, ddof=1)),
            }
        return found
