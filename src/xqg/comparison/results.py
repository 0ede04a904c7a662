"""What a comparison leaves behind (spec §8): results.json, runs, report.md, variants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xqg.comparison.report import markdown
from xqg.comparison.settings import write_json
from xqg.comparison.views import Comparison, View
from xqg.errors import XqgError
from xqg.evaluation import write_trec
from xqg.generation.atomic import atomic_path

__all__ = ["write_comparison"]


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write the asked setting to `out` and every other to `out/variants/NAME`; results.json last."""
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
            raise XqgError(
                f"{folder}: cannot be written ({error.strerror}); free space or move --out"
            ) from None


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
