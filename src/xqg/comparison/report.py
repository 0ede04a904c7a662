"""report.md of a comparison, and what is printed on the terminal."""

from __future__ import annotations

from typing import Any

from xqg.comparison.tables import LEGEND, by_language, by_measure, headline
from xqg.comparison.views import Comparison, View
from xqg.evaluation.text_table import aligned, as_markdown

__all__ = ["markdown", "terminal"]


def markdown(comparison: Comparison, number: int) -> str:
    """The report of one setting: `number` counts `comparison.views`, 0 is the asked one."""
    view = comparison.views[number]
    measure = view.interpretability["measure"]
    parts = [
        f"# {comparison.benchmark.name}: {', '.join(arm.name for arm in comparison.arms)}",
        describe(comparison, view),
        "\n".join(f"- {line}" for line in headline(comparison, view)),
        f"## {measure} by question language",
        as_markdown(by_language(comparison, view, measure)),
        LEGEND,
        f"## All measures, mean over {', '.join(comparison.plan.mean_languages)}",
        as_markdown(by_measure(comparison, view)),
    ]
    for other in comparison.measures[1:]:
        parts += [f"### {other.name}", as_markdown(by_language(comparison, view, other.name))]
    if view.outcome.tuned:
        parts += ["## Tuned α", _tuned(comparison, view)]
    parts += ["## Settings", as_markdown([["setting", "value"], *_settings(comparison.settings)])]
    return "\n\n".join(parts) + "\n"


def describe(comparison: Comparison, view: View) -> str:
    """One sentence with everything that a reader must know to read the table."""
    settings, setting = comparison.settings, view.outcome.setting
    source = settings["generator"]["name"] if settings["generator"] else "a file of queries"
    alpha = "tuned α" if setting.alpha is None else f"α = {setting.alpha:g}"
    return (
        f"{settings['passages']} passages ({', '.join(settings['passage_languages'])}), "
        f"{settings['questions']} questions in {len(settings['query_languages'])} languages; encoder "
        f"{settings['encoder']['name']}, queries from {source}, n = {settings['per_language']}, K = {settings['K']}; "
        f"{setting.fusion} fusion, sum, {alpha}, seed {settings['seed']}."
    )


def _tuned(comparison: Comparison, view: View) -> str:
    folds = max(len(found.by_fold) for found in view.outcome.tuned.values())
    names = ["dev set"] if folds == 1 else [f"fold {fold + 1}" for fold in range(folds)]
    rows = [["arm", *names]]
    rows += [[arm, *(f"{a:g}" for a in found.by_fold)] for arm, found in view.outcome.tuned.items()]
    return as_markdown(rows)


def _settings(settings: dict[str, Any], prefix: str = "") -> list[list[str]]:
    rows: list[list[str]] = []
    for key, value in settings.items():
        if isinstance(value, dict):
            rows += _settings(value, f"{prefix}{key}.")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            rows.append([prefix + key, text.replace("|", "\\|")])
    return rows


def terminal(comparison: Comparison) -> str:
    """The asked setting's tables as aligned text, and one line for each variant."""
    view = comparison.views[0]
    measure = view.interpretability["measure"]
    lines = [
        describe(comparison, view),
        "",
        f"{measure} by question language",
        aligned(by_language(comparison, view, measure)),
        "",
        f"All measures, mean over {len(comparison.plan.mean_languages)} question languages",
        aligned(by_measure(comparison, view)),
        "",
        LEGEND,
        *headline(comparison, view),
    ]
    for other in comparison.views[1:]:
        means = ", ".join(f"{row[0]} {row[-1]}" for row in by_language(comparison, other, measure)[1:])
        lines.append(f"{other.outcome.setting.name}, {measure}: {means}")
    return "\n".join(lines)
