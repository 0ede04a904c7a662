"""`LanguageBias`: the worst minus the best rank among a question's relevant passages.

The measure of a pool where the same answer stands in several languages (XQuAD-R: LAReQA, Roy et al.,
EMNLP 2020): a retriever that looks at meaning alone ranks the parallel passages side by side, one
that prefers some language puts a gap between them. A difference of ranks in the complete ranking: r
relevant passages side by side, the best case, give r - 1. **Lower is better**, unlike other measures.

A question with fewer than two relevant passages has no gap and is not counted. A ranking that lacks
a relevant passage gives no rank for it and is refused: the whole pool must be retrieved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["EXAMPLES", "LanguageBias", "parse"]

EXAMPLES = ("LanguageBias",)


@dataclass(frozen=True)
class LanguageBias:
    """See the module."""

    @property
    def name(self) -> str:
        """`LanguageBias`."""
        return "LanguageBias"

    def per_question(self, run: Run, questions: Sequence[Question], benchmark: Benchmark) -> dict[str, float]:
        """See `RunMeasure.per_question`; values are differences of ranks, 1 and more.

        Raises:
            XqgError: a ranking without one of the question's relevant passages, or no ranking.
        """
        found: dict[str, float] = {}
        for question in questions:
            judged = benchmark.qrels.get(question.id) or benchmark.tuning_qrels.get(question.id) or {}
            relevant = {passage_id for passage_id, grade in judged.items() if grade > 0}
            if len(relevant) < 2:
                continue
            ranking = run.get(question.id, [])
            ranks = [rank for rank, (passage_id, _) in enumerate(ranking) if passage_id in relevant]
            if len(ranks) < len(relevant):
                raise XqgError(
                    f"{self.name} needs complete rankings: question {question.id!r} has {len(ranks)} of its "
                    f"{len(relevant)} relevant passages among {len(ranking)}; retrieve all "
                    f"{len(benchmark.passages)} passages per question (-k)"
                )
            found[question.id] = float(ranks[-1] - ranks[0])
        return found


def parse(text: str) -> LanguageBias | None:
    """`LanguageBias`, which takes no parameter.

    Raises:
        XqgError: the name with a parameter.
    """
    if not text.startswith("LanguageBias"):
        return None
    if text != "LanguageBias":
        raise XqgError(
            f"measure {text!r} takes no parameter, it is of the complete ranking; use LanguageBias"
        )
    return LanguageBias()
