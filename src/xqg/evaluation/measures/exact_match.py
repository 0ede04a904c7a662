"""`EM`: 1 where the reader's answer is a gold answer, else 0.

Both are normalised as SQuAD's script does (Rajpurkar et al. 2016, evaluate-v1.1.py), in every
language, as XQuAD's authors do; the best gold answer counts. As in the script, an answer and a gold
answer that both normalise to nothing ("The", "?") are equal. Multiply by 100 for the script's
percentages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation.gold import best_over_gold
from xqg.evaluation.normalise import normalise
from xqg.passages.records import Question
from xqg.reading.span import Span

__all__ = ["EXAMPLES", "ExactMatch", "parse"]

EXAMPLES = ("EM",)


@dataclass(frozen=True)
class ExactMatch:
    """See the module."""

    name: str = "EM"

    def per_answer(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark
    ) -> dict[str, float]:
        """See `ReaderMeasure.per_answer`."""
        return best_over_gold(_exact_match, answers, questions, benchmark)


def _exact_match(answer: str, gold: str, language: str) -> float:
    return float(normalise(answer) == normalise(gold))


def parse(text: str) -> ExactMatch | None:
    """`EM`."""
    return ExactMatch() if text == "EM" else None
