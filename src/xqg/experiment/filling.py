"""Which arms and baselines run: those asked for, or all that the benchmark and the queries can fill."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.arms import ARMS, Arm
from xqg.experiment.baselines import BASELINES, Baseline
from xqg.experiment.plan import Plan
from xqg.experiment.queries import Needing, QueryFile, needed
from xqg.experiment.settings import Request

__all__ = ["Chosen", "choose"]

_SKIPPED = "not among the default arms; ask for it by name or with --arms all"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """What runs, and what of `all` does not: name → reason."""

    arms: Sequence[Arm]
    baselines: Sequence[Baseline]
    arms_left_out: dict[str, str]
    baselines_left_out: dict[str, str]

    @property
    def needing(self) -> list[Needing]:
        """Everything that may need generated queries."""
        return [*self.arms, *self.baselines]

    def needs_queries(self, plan: Plan) -> bool:
        """Whether anything does."""
        return any(needed(plan, self.needing, code) for code in plan.passage_languages)


@dataclass(frozen=True)
class _Source:
    """What arms and baselines can be filled from: a file, else a generator, which fills any need, else
    nothing."""

    benchmark: Benchmark
    plan: Plan
    file: QueryFile | None
    generator: bool
    exact: bool

    def why_no_arm(self, arm: Arm) -> str | None:
        try:
            arm.count(self.plan)
        except XqgError as error:  # no target language: there is no K
            return str(error)
        return arm.obstacle(self.benchmark, self.plan) or self._shortage(arm)

    def why_no_baseline(self, baseline: Baseline, arms: Sequence[Arm]) -> str | None:
        if baseline.dense is not None and all(arm.name != baseline.dense for arm in arms):
            return f"it fuses the run of arm {baseline.dense}, which does not run"
        needs = any(needed(self.plan, [baseline], code) for code in self.plan.passage_languages)
        if needs and self.file is None and not self.generator:
            return "it needs generated queries (--generator or --queries)"
        return self._shortage(baseline)

    def _shortage(self, needing: Needing) -> str | None:
        if self.file is None:
            return None
        return self.file.shortage(self.plan, needing, self.benchmark.passages, self.exact)


def choose(request: Request, benchmark: Benchmark, plan: Plan, file: QueryFile | None) -> Chosen:
    """The arms and baselines to run, known before a query is generated or a text encoded.

    Args:
        benchmark: with all its questions.
        file: of generated queries; None: they come from a generator.

    Raises:
        XqgError: one that was asked for by name and cannot be filled; queries without a source.
    """
    source = _Source(benchmark, plan, file, request.generator is not None, exact=request.n is None)
    arms, baselines = request.arms, request.baselines
    left_out: dict[str, str] = {}
    no_baselines: dict[str, str] = {}
    if arms is None:
        reasons = {
            name: _SKIPPED if name in request.skipped else source.why_no_arm(arm) for name, arm in ARMS.items()
        }
        arms = [ARMS[name] for name, why in reasons.items() if why is None]
        left_out = {name: why for name, why in reasons.items() if why is not None}
    for arm in arms:
        why = arm.obstacle(benchmark, plan)
        if why is not None:
            raise XqgError(f"arm {arm.name}: {why}; leave it out (--arms)")
    if baselines is None:
        reasons = {name: source.why_no_baseline(one, arms) for name, one in BASELINES.items()}
        baselines = [BASELINES[name] for name, why in reasons.items() if why is None]
        no_baselines = {name: why for name, why in reasons.items() if why is not None}
    for one in baselines:
        if one.dense is not None and all(arm.name != one.dense for arm in arms):
            raise XqgError(f"baseline {one.name} fuses the run of arm {one.dense}; add that arm (--arms)")
    chosen = Chosen(arms, baselines, left_out, no_baselines)
    if chosen.needs_queries(plan) and request.generator is None and file is None:
        raise XqgError(
            "the arms need generated queries; give --generator M or --queries FILE, or --arms none"
        )
    for name, why in {**left_out, **no_baselines}.items():
        if why == _SKIPPED:
            continue  # nobody asked for it: the report says so, the terminal need not
        logger.warning("warning: %s is left out: %s", name, why)
    return chosen
