"""`F1`: how many words the reader's answer and a gold answer share.

Both are normalised as SQuAD's script does (Rajpurkar et al. 2016, evaluate-v1.1.py), in every
language, as XQuAD's authors do, and split at white space: a Chinese answer is usually one word. With
c words in common, each as often as both have it, of p in the answer and g in the gold answer,
precision is c/p, recall c/g and F1 = 2·precision·recall / (precision + recall); 0 where c is 0, two
empty answers included. The best gold answer counts. Multiply by 100 for the script's percentages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from xqg.evaluation.gold import OfAnswers
from xqg.evaluation.normalise import normalise

__all__ = ["F1", "shared_words"]


@dataclass(frozen=True)
class F1(OfAnswers):
    """See the module."""

    name = form = "F1"
    examples: ClassVar[tuple[str, ...]] = ("F1",)

    def similarity(self, answer: str, gold: str, language: str) -> float:
        """F1 of their words."""
        return shared_words(normalise(answer).split(), normalise(gold).split())


def shared_words(answer: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two bags of words, from 0 to 1; see the module."""
    common = (Counter(answer) & Counter(gold)).total()
    if common == 0:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)
