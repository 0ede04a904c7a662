"""What a baseline is: a system that stands beside the arms in a comparison's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from xqg.benchmarks.benchmark import Benchmark
from xqg.evaluation import Run
from xqg.experiment.plan import Plan

__all__ = ["Baseline", "BaselineContext"]


@dataclass(frozen=True)
class BaselineContext:
    """What every baseline of a comparison works on.

    Attributes:
        benchmark: its pool, and the questions to rank for.
        queries: language → passage id → generated queries, as many as `needs` says; blank ones add
            nothing.
        depth: passages per question in a run (the whole pool where that is smaller).
        cache: (baseline, question language) → question id → passages found, deeper than `depth`;
            filled on the way, so that a fusion does not search anew what a baseline has found.
    """

    benchmark: Benchmark
    plan: Plan
    queries: Mapping[str, Mapping[str, Sequence[str]]]
    depth: int
    cache: dict[tuple[str, str], Run] = field(default_factory=dict)


class Baseline(Protocol):
    """One file in this folder (or one object of it); a new one is a new file and its name in `BASELINES`."""

    @property
    def name(self) -> str:
        """As `--baselines` and the tables have it."""

    @property
    def dense(self) -> str | None:
        """The arm whose run it fuses; None for a baseline without vectors."""

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """Language → generated queries that a passage of that language must have."""

    def count(self, plan: Plan) -> int:
        """Generated queries per passage behind one ranking (K in results.json)."""

    def run(self, context: BaselineContext, language: str, dense: Run | None = None) -> Run:
        """Rank every question of a language, to `context.depth`.

        Args:
            dense: the run of the arm `self.dense` for these questions; None where that is None.

        Raises:
            XqgError: generated queries or a dense run that it needs are missing.
        """
