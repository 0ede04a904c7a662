"""`shuffled`: the `cross` queries of another passage, chosen at random: a control.

It asks whether queries help because they are about the passage, or because adding any query vectors
in those languages moves the pool towards the questions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xqg.augmentation.vectors import QueryVectors
from xqg.benchmarks.benchmark import Benchmark
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.seeds import seeded
from xqg.experiment.system import AugmentedVectors

__all__ = ["Shuffled", "derangement"]

Rows = npt.NDArray[np.int64]


class Shuffled(AugmentedVectors):
    """Every passage has another one's queries, of a passage in the same language where the pool is mixed."""

    name = "shuffled"
    order = 60

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """As `cross`: n in each target language of the passage."""
        return dict.fromkeys(plan.targets_of(passage_language), plan.n)

    def obstacle(self, benchmark: Benchmark, plan: Plan) -> str | None:
        """A pool, or the part of it in one language, of a single passage."""
        languages = [passage.language for passage in benchmark.passages]
        for code in sorted(set(languages)):
            if languages.count(code) < 2:
                return f"the pool has a single passage in {code!r}, so none to take queries from"
        return None

    def count(self, plan: Plan) -> int:
        """K."""
        return plan.queries

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """The groups of `cross`, each passage's moved to another."""

        def moved() -> list[QueryVectors]:
            sources = derangement(parts.passage_language, parts.seed)
            return [group.moved(sources) for group in parts.targeted(parts.plan.n)]

        return parts.once(self.name, moved)


def derangement(languages: Sequence[str], seed: int) -> Rows:
    """For each passage the row whose queries it gets: another one of the same language.

    Every permutation without a fixed point is as likely as any other; each language must occur twice.
    """
    sources = np.zeros(len(languages), dtype=np.int64)
    for code in sorted(set(languages)):
        rows = np.flatnonzero(np.array([language == code for language in languages]))
        random = seeded("shuffled", seed, code)
        order = random.permutation(len(rows))
        while (order == np.arange(len(rows))).any():  # one draw in e ≈ 2.7 has no fixed point
            order = random.permutation(len(rows))
        sources[rows] = rows[order]
    return sources
