"""What an arm is: which generated queries enter a passage's vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xqg.comparison.parts import Parts
from xqg.comparison.plan import Plan

__all__ = ["Arm"]


class Arm(Protocol):
    """One file in this folder; a new arm is a new file and its name in `ARMS`."""

    name: str

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """Language → generated queries that a passage of that language must have."""

    def count(self, plan: Plan) -> int:
        """Generated queries in a passage's vector (K in results.json)."""

    def sums(self, parts: Parts, question_language: str) -> Sequence[npt.NDArray[np.float32]]:
        """What is added to the passage vectors for questions of a language, in a fixed order."""
