"""`F1`: how many words the reader's answer and a gold answer share.

Both are normalised as SQuAD's script does (Rajpurkar et al. 2016, evaluate-v1.1.py), in every
language, as XQuAD's authors do, and split at white space: a Chinese answer is usually one word. With
c words in common, each as often as both have it, of p in the answer and g in the gold answer,
precision is c/p, recall c/g and F1 = 2·precision·recall / (precision + recall); 0 where c is 0, two
empty answers included. The best gold answer counts. Multiply by 100 for the script's percentages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation.gold import best_over_gold
from xqg.evaluation.normalise import normalise
from xqg.passages.records import Question
from xqg.reading.span import Span

__all__ = ["EXAMPLES", "F1", "parse", "shared_words"]

EXAMPLES = ("F1",)


@dataclass(frozen=True)
class F1:
    """See the module."""

    name: str = "F1"

    def per_answer(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark
    ) -> dict[str, float]:
        """See `ReaderMeasure.per_answer`."""
        return best_over_gold(_f1, answers, questions, benchmark)


def shared_words(answer: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two bags of words, from 0 to 1; see the module."""
    common = (Counter(answer) & Counter(gold)).total()
    if common == 0:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def _f1(answer: str, gold: str, language: str) -> float:
    return shared_words(normalise(answer).split(), normalise(gold).split())


def parse(text: str) -> F1 | None:
    """`F1`."""
    return F1() if text == "F1" else None
