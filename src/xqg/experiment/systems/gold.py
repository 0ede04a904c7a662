"""`gold`: the true questions in the target languages: an upper bound where questions are parallel."""

from __future__ import annotations

from collections.abc import Sequence

from xqg.augmentation.vectors import QueryVectors, rescaled
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment.parts import Parts, Texts
from xqg.experiment.plan import Plan
from xqg.experiment.system import AugmentedVectors, TextSource

__all__ = ["Gold"]


class Gold(AugmentedVectors):
    """What perfect queries would give; no retriever can have it.

    A passage gets the benchmark's own questions in T whose judgements name it with a grade above 0,
    **the very question that is then asked among them** (and, for a question outside T, its
    translations). So it bounds the other arms and is never ranked with them. Passages have different
    numbers K_p of questions: sums are times K/K_p, so that K stays equal. A passage without a question
    keeps its own vector alone.
    """

    name = "gold"
    order = 70
    bound = True

    def obstacle(self, benchmark: Benchmark, plan: Plan) -> str | None:
        """No question in T is judged on a passage of the pool."""
        if any(texts for of_passage in _questions(benchmark, plan).values() for texts in of_passage.values()):
            return None
        return "the benchmark has no question in the target languages whose relevant passages it names"

    def texts(self, source: TextSource) -> Texts:
        """Language → passage id → true questions."""
        return _questions(source.benchmark, source.plan)

    def count(self, plan: Plan) -> int:
        """K, which the sums are rescaled to; the mean number of questions stands in the settings."""
        return plan.queries

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """One group per target language, languages sorted, rescaled."""

        def weighted() -> list[QueryVectors]:
            mine = parts.own[self.name]
            return rescaled([mine[code] for code in sorted(mine)], parts.plan.queries)

        return parts.once(self.name, weighted)


def _questions(benchmark: Benchmark, plan: Plan) -> dict[str, dict[str, list[str]]]:
    """Language → passage id → true questions, in the benchmark's order.

    Questions to tune α on count too: without them a benchmark's dev passages would have no query, and
    α would be chosen where it changes nothing.
    """
    targets = {code: set(plan.targets_of(code)) for code in plan.passage_languages}
    found: dict[str, dict[str, list[str]]] = {}
    qrels = {**benchmark.tuning_qrels, **benchmark.qrels}
    for question in (*benchmark.questions, *benchmark.tuning_questions):
        for passage_id, grade in qrels.get(question.id, {}).items():
            passage = benchmark.passage_by_id.get(passage_id)
            if passage is not None and grade > 0 and question.language in targets[passage.language]:
                of_passage = found.setdefault(question.language, {})
                of_passage.setdefault(passage_id, []).append(question.text)
    return found
