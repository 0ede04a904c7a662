"""`EM`: 1 where the reader's answer is a gold answer, else 0.

Both are normalised as SQuAD's script does (Rajpurkar et al. 2016, evaluate-v1.1.py), in every
language, as XQuAD's authors do; the best gold answer counts. As in the script, an answer and a gold
answer that both normalise to nothing ("The", "?") are equal. Multiply by 100 for the script's
percentages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.evaluation.gold import OfAnswers
from xqg.evaluation.normalise import normalise

__all__ = ["ExactMatch"]


@dataclass(frozen=True)
class ExactMatch(OfAnswers):
    """See the module."""

    name = form = "EM"
    examples: ClassVar[tuple[str, ...]] = ("EM",)

    def similarity(self, answer: str, gold: str, language: str) -> float:
        """1 where they are equal."""
        return float(normalise(answer) == normalise(gold))
