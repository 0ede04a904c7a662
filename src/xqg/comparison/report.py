"""report.md of a comparison, and what is printed on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xqg.comparison.tables import LEGEND, as_markdown, by_language, by_measure, headline
from xqg.comparison.views import Comparison, View

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["markdown", "show"]


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


def show(comparison: Comparison, console: Console) -> None:
    """Print the asked setting's tables, and one line for each variant."""
    from rich.table import Table

    view = comparison.views[0]
    measure = view.interpretability["measure"]
    console.print(describe(comparison, view), highlight=False, soft_wrap=True)
    titles = [f"{measure} by question language", "all measures, mean over question languages"]
    for title, rows in zip(
        titles, [by_language(comparison, view, measure), by_measure(comparison, view)], strict=True
    ):
        table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column, name in enumerate(rows[0]):
            table.add_column(name, justify="left" if column == 0 else "right", no_wrap=True)
        for row in rows[1:]:
            table.add_row(*row)
        console.print()
        console.print(table, width=max(console.width, 12 * len(rows[0])))
    console.print()
    console.print(LEGEND, highlight=False, soft_wrap=True)
    for line in headline(comparison, view):
        console.print(line, highlight=False, soft_wrap=True)
    for other in comparison.views[1:]:
        cells = by_language(comparison, other, measure)
        means = ", ".join(f"{row[0]} {row[-1]}" for row in cells[1:])
        console.print(f"{other.outcome.setting.name}: {means}", highlight=False, soft_wrap=True)
