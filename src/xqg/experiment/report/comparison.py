"""The files of a comparison: results.json, report.md, report.html and seeds.json, from the values alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from xqg.experiment.folder import setting_folder, write_json
from xqg.experiment.measurements import Measurements, View
from xqg.experiment.report.html import html
from xqg.experiment.report.markdown import markdown
from xqg.experiment.report.notebook import notebook
from xqg.experiment.report.terminal import terminal
from xqg.kept import atomic_path

__all__ = ["notebook", "terminal", "write"]


def write(results: Measurements, folder: Path) -> None:
    """report.md, report.html and results.json of every setting, from the values alone."""
    for number, view in reversed(list(enumerate(results.views))):
        place = setting_folder(folder, number, view.setting.name)
        with atomic_path(place / "report.md") as temporary:
            temporary.write_text(markdown(results, number), encoding="utf-8")
        if number == 0:
            with atomic_path(place / "report.html") as temporary:
                temporary.write_text(html(results, number), encoding="utf-8")
        if number == 0 and len(results.description.seeds) > 1:
            write_json(place / "seeds.json", seeds_of(results))
        write_json(place / "results.json", results_json(results, view))


def results_json(results: Measurements, view: View) -> dict[str, Any]:
    """results.json of a setting: `settings`, `rows`, `ceiling` and `contrasts`."""
    setting = view.setting
    settings = {
        **results.facts,
        "fusion": setting.fusion,
        "aggregation": setting.aggregation,
        "alpha": setting.alpha,
        "tuned_alpha": setting.tuned_alpha(),
        "interpretability": dict(view.interpretability),
        "primary_contrast": {"measure": results.primary_measure, "departures": list(results.departures)},
    }
    ceiling = [
        {"query_language": code, "measure": name, "value": value}
        for (code, name), value in results.description.ceiling.items()
    ]
    content = {
        "settings": settings,
        "rows": _rows(results, view),
        "ceiling": ceiling,
        "contrasts": [contrast.to_dict() for contrast in view.contrasts],
    }
    copy: dict[str, Any] = json.loads(json.dumps(content))
    return copy


def _rows(results: Measurements, view: View) -> list[dict[str, Any]]:
    """A row per system, question language and measure."""
    rows = []
    for system in results.systems:
        alphas = system.alphas(view.setting)
        alpha = alphas[0] if alphas is not None and len(alphas) == 1 else alphas  # one value per fold
        for language in results.query_languages:
            for measure in results.description.measures:
                values = view.values[system.name, language][measure]
                rows.append(
                    {
                        "arm": system.name,
                        "query_language": language,
                        "passage_language": "+".join(results.settings["passage_languages"]),
                        "measure": measure,
                        "value": sum(values.values()) / len(values),
                        "queries": len(values),
                        "fusion": system.fusion(view.setting),
                        "aggregation": view.setting.aggregation,
                        "alpha": alpha,
                        "K": system.K,
                    }
                )
    return rows


def seeds_of(results: Measurements) -> dict[str, Any]:
    """seeds.json: the primary measure with every seed, with means and standard deviations (n - 1)."""
    spread: dict[str, Any] = {
        "seeds": list(results.description.seeds),
        "measure": results.primary_measure,
        "rows": [{"arm": system.name, **_spread(results.by_seed(system.name))} for system in results.systems],
    }
    if results.differences_by_seed:
        spread["cross - mono"] = _spread(results.differences_by_seed)
    return spread


def _spread(values: tuple[float, ...]) -> dict[str, Any]:
    return {"values": list(values), "mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))}
