"""`LanguageBias`: the worst minus the best rank among a question's relevant passages.

The measure of a pool where the same answer stands in several languages (XQuAD-R: LAReQA, Roy et al.,
EMNLP 2020): a retriever that looks at meaning alone ranks the parallel passages side by side, one
that prefers some language puts a gap between them. A difference of ranks in the complete ranking: r
relevant passages side by side, the best case, give r - 1. **Lower is better**, unlike other measures.

A question with fewer than two relevant passages has no gap and is not counted. A ranking that lacks
a relevant passage gives no rank for it and is refused: the whole pool must be retrieved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.measure import Measure
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["LanguageBias"]


@dataclass(frozen=True)
class LanguageBias(Measure):
    """See the module."""

    name = form = "LanguageBias"
    examples: ClassVar[tuple[str, ...]] = ("LanguageBias",)
    lacking: ClassVar[str] = "two relevant passages"
    higher_is_better: ClassVar[bool] = False
    unit: ClassVar[str] = "ranks"

    @classmethod
    def parse(cls, text: str) -> LanguageBias | None:
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
        return cls()

    def counts(self, question: Question, benchmark: Benchmark) -> bool:
        """Whether there are two relevant passages or more."""
        return len(_relevant(question, benchmark)) > 1

    def obstacle(
        self,
        benchmark: Benchmark,
        languages: Sequence[str],
        *,
        depth: int | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> str | None:
        """See `Measure.obstacle`: rankings that may lack, or lack, a relevant passage."""
        if runs is None and depth is not None and depth < len(benchmark.passages):
            return f"it needs complete rankings, of all {len(benchmark.passages)} passages"
        for language, run in (runs or {}).items():
            for question in benchmark.questions_in(language):
                ranked = {passage_id for passage_id, _ in run.get(question.id, [])}
                if self.counts(question, benchmark) and not _relevant(question, benchmark) <= ranked:
                    return f"it needs complete rankings, and question {question.id!r} lacks relevant passages in its"
        return super().obstacle(benchmark, languages)

    def per_question(
        self, run: Run, questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `Measure.per_question`; values are differences of ranks, 1 and more.

        Raises:
            XqgError: a ranking without one of the question's relevant passages, or no ranking.
        """
        values: dict[str, float] = {}
        for question in questions:
            if not self.counts(question, benchmark):
                continue
            relevant, ranking = _relevant(question, benchmark), run.get(question.id, [])
            ranks = [rank for rank, (passage_id, _) in enumerate(ranking) if passage_id in relevant]
            if len(ranks) < len(relevant):
                raise XqgError(
                    f"{self.name} needs complete rankings: question {question.id!r} has {len(ranks)} of its "
                    f"{len(relevant)} relevant passages among {len(ranking)}; retrieve all "
                    f"{len(benchmark.passages)} passages per question, with a larger `k`"
                )
            values[question.id] = float(ranks[-1] - ranks[0])
        return values


def _relevant(question: Question, benchmark: Benchmark) -> set[str]:
    return {passage_id for passage_id, grade in benchmark.judged(question).items() if grade > 0}
