"""What a comparison leaves behind (spec §8): results.json, runs, reports, values per question, variants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xqg.atomic import atomic_path
from xqg.errors import XqgError
from xqg.evaluation import write_trec
from xqg.experiment.per_query import write_per_query
from xqg.experiment.report import html, markdown
from xqg.experiment.settings import write_json
from xqg.experiment.views import Comparison, View

__all__ = ["write_comparison"]


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write the asked setting to `out` and every other to `out/variants/NAME`.

    `report.html` and `per_query.parquet` are of the asked setting. results.json comes last: where it
    is, everything else is.

    Raises:
        XqgError: a system without a run, or a folder that cannot be written.
    """
    for number, view in reversed(list(enumerate(comparison.views))):
        folder = out if number == 0 else out / "variants" / view.outcome.setting.name
        try:
            _write_runs(view, folder / "runs")
            with atomic_path(folder / "report.md") as temporary:
                temporary.write_text(markdown(comparison, number), encoding="utf-8")
            if number == 0:
                with atomic_path(folder / "report.html") as temporary:
                    temporary.write_text(html(comparison, number), encoding="utf-8")
                write_per_query(comparison, view, folder / "per_query.parquet")
            write_json(folder / "results.json", _results(comparison, view))
        except OSError as error:
            raise XqgError(
                f"{folder}: cannot be written ({error.strerror}); free space or move --out"
            ) from None


def _write_runs(view: View, folder: Path) -> None:
    for (system, language), run in view.outcome.runs.items():
        if not run:
            raise XqgError(f"arm {system} has no run in {language!r}; nothing is reported")
        write_trec(folder / f"{system}.{language}.trec", run, tag=system)


def _results(comparison: Comparison, view: View) -> dict[str, Any]:
    setting = view.outcome.setting
    settings = {
        **comparison.settings,
        "fusion": setting.fusion,
        "aggregation": setting.aggregation,
        "alpha": setting.stated_alpha,
        "tuned_alpha": {
            arm: {"by_fold": list(found.by_fold), "at_edge_of_grid": found.at_edge}
            for arm, found in view.outcome.tuned.items()
        },
        "interpretability": view.interpretability,
        "primary_contrast": {
            "measure": comparison.primary_measure,
            "departures": list(comparison.departures),
        },
    }
    return json.loads(
        json.dumps(
            {
                "settings": settings,
                "rows": _rows(comparison, view),
                "ceiling": [
                    {"query_language": code, "measure": name, "value": value}
                    for (code, name), value in comparison.ceiling.items()
                ],
                "contrasts": [contrast.to_dict() for contrast in view.contrasts],
            }
        )
    )


def _rows(comparison: Comparison, view: View) -> list[dict[str, Any]]:
    """A row per system, question language and measure."""
    found = []
    for system in comparison.systems:
        alphas = system.alphas(view.outcome)
        alpha = alphas[0] if alphas is not None and len(alphas) == 1 else alphas  # one value per fold
        for language in comparison.plan.query_languages:
            for measure in comparison.measures:
                values = view.outcome.values[system.name, language][measure.name]
                found.append(
                    {
                        "arm": system.name,
                        "query_language": language,
                        "passage_language": "+".join(comparison.plan.passage_languages),
                        "measure": measure.name,
                        "value": sum(values.values()) / len(values),
                        "queries": len(values),
                        "fusion": system.fusion(view.outcome),
                        "aggregation": view.outcome.setting.aggregation,
                        "alpha": alpha,
                        "K": system.K,
                    }
                )
    return found
