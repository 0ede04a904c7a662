"""What a comparison leaves behind (spec §8): results.json, runs, report.md, variants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.comparison.arms import Arm
from xqg.comparison.contrasts import Contrast, contrasts, interpretability
from xqg.comparison.depth import depth_for
from xqg.comparison.evaluation import Outcome
from xqg.comparison.plan import Plan
from xqg.comparison.settings import write_json
from xqg.errors import XqgError
from xqg.evaluation import Measure, write_trec
from xqg.generation.atomic import atomic_path

__all__ = ["Comparison", "View", "write_comparison"]


@dataclass(frozen=True)
class View:
    """One setting's numbers, ready to print: means per arm, language and measure, and contrasts."""

    outcome: Outcome
    contrasts: tuple[Contrast, ...]
    interpretability: dict[str, Any]

    def contrast(self, arm: str, versus: str, language: str, measure: str) -> Contrast | None:
        """The contrast, or None where one side did not run."""
        return self._by_key.get((arm, versus, language, measure))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], Contrast]:
        return {(c.arm, c.versus, c.query_language, c.measure): c for c in self.contrasts}


@dataclass(frozen=True)
class Comparison:
    """A comparison that ran. `outcomes[0]` is the asked setting, the others are variants."""

    benchmark: Benchmark
    plan: Plan
    arms: Sequence[Arm]
    measures: Sequence[Measure]
    outcomes: Sequence[Outcome]
    settings: dict[str, Any]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The outcomes with their significance."""
        return tuple(self._view(outcome) for outcome in self.outcomes)

    def mean(self, outcome: Outcome, arm: str, language: str, measure: str) -> float:
        """The mean of a measure; `language` may be "mean": over languages other than the passages'."""
        languages = self.plan.mean_languages if language == "mean" else (language,)
        means = []
        for code in languages:
            values = outcome.values[arm, code][measure]
            means.append(sum(values.values()) / len(values))
        return sum(means) / len(means)

    def _view(self, outcome: Outcome) -> View:
        names = [arm.name for arm in self.arms]
        languages, over = self.plan.query_languages, self.plan.mean_languages
        groups = dict(self.benchmark.groups)
        found = contrasts(outcome, names, languages, over, self.measures, groups)
        depth = depth_for(self.measures, self.benchmark)
        judged = interpretability(outcome, names, languages, over, self.measures[0], self.benchmark, depth)
        return View(outcome, tuple(found), judged)


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write the asked setting to `out` and every other to `out/variants/NAME`; results.json last."""
    from xqg.comparison.report import markdown

    for number, view in reversed(list(enumerate(comparison.views))):
        folder = out if number == 0 else out / "variants" / view.outcome.setting.name
        try:
            for (arm, language), run in view.outcome.runs.items():
                if not run:
                    raise XqgError(f"arm {arm} has no run in {language!r}; nothing is reported")
                write_trec(folder / "runs" / f"{arm}.{language}.trec", run, tag=arm)
            with atomic_path(folder / "report.md") as temporary:
                temporary.write_text(markdown(comparison, number), encoding="utf-8")
            write_json(folder / "results.json", _results(comparison, view))
        except OSError as error:
            raise XqgError(f"{folder}: cannot be written ({error.strerror}); free space or move --out") from None


def _results(comparison: Comparison, view: View) -> dict[str, Any]:
    setting = view.outcome.setting
    tuned = {
        arm: {"by_fold": list(found.by_fold), "at_edge_of_grid": found.at_edge}
        for arm, found in view.outcome.tuned.items()
    }
    settings = {
        **comparison.settings,
        "fusion": setting.fusion,
        "alpha": "tuned" if setting.alpha is None else setting.alpha,
        "tuned_alpha": tuned,
        "interpretability": view.interpretability,
    }
    rows = []
    for arm in comparison.arms:
        found = view.outcome.tuned.get(arm.name)
        # `none` has nothing to weigh; a cross-fitted α is one value per fold.
        alpha = 0.0 if arm.name == "none" else setting.alpha if setting.alpha is not None else None
        if alpha is None and found is not None:
            alpha = found.by_fold[0] if len(set(found.by_fold)) == 1 else list(found.by_fold)  # type: ignore[assignment]
        for language in comparison.plan.query_languages:
            for measure in comparison.measures:
                values = view.outcome.values[arm.name, language][measure.name]
                rows.append(
                    {
                        "arm": arm.name,
                        "query_language": language,
                        "passage_language": "+".join(comparison.plan.passage_languages),
                        "measure": measure.name,
                        "value": sum(values.values()) / len(values),
                        "queries": len(values),
                        "fusion": setting.fusion,
                        "aggregation": "sum",
                        "alpha": alpha,
                        "K": arm.count(comparison.plan),
                    }
                )
    return json.loads(
        json.dumps({"settings": settings, "rows": rows, "contrasts": [c.to_dict() for c in view.contrasts]})
    )
