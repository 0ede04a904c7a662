"""The order and content of a report, before it is Markdown or HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xqg.experiment.measurements import Measurements, View
from xqg.experiment.report.tables import (
    Cell,
    Table,
    across_settings,
    by_language,
    by_measure,
    by_setting,
    mean_contrasts,
    seeds_table,
    tuned_alphas,
)
from xqg.experiment.report.words import headline, legend

__all__ = ["Figure", "Findings", "Section", "pairs", "sections", "title"]


@dataclass(frozen=True)
class Figure:
    """A plot.

    Attributes:
        alt: what it shows, for readers who cannot see it.
        svg: a whole SVG file.
    """

    alt: str
    svg: bytes


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it, in this order: lines, figure, table, note.

    Attributes:
        lines: items of a list.
        figure: name of a plot, for reports that have plots.
        detail: not needed at first reading; may be folded away.
    """

    title: str
    lines: tuple[str, ...] = ()
    figure: str = ""
    table: Table | None = None
    note: str = ""
    detail: bool = False


@dataclass(frozen=True)
class Findings:
    """What a study found, ready to be written.

    Attributes:
        lines: in words, the main thing first.
        sections: tables, each with the name of its figure.
        figures: name → plot.
        tables: name → rows of numbers (fractions, not percent) for study.json, each with the setting
            that it holds in.
    """

    lines: Sequence[str]
    sections: Sequence[Section]
    figures: Mapping[str, Figure]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


def title(results: Measurements) -> str:
    """`xquad: none, mono, cross`."""
    return f"{results.benchmark}: {', '.join(system.name for system in results.systems)}"


def sections(results: Measurements, number: int) -> list[Section]:
    """The report of one setting: `number` counts `results.views`, 0 is the asked one."""
    view, measure = results.views[number], results.primary_measure
    over = ", ".join(results.mean_languages)
    found = [
        Section("Primary contrast", tuple(headline(results, view))),
        Section(
            f"{measure} by question language",
            figure="bars",
            table=by_language(results, view, measure),
            note=f"Bold: best of a column, bounds left out. {legend(results)}",
        ),
        Section(f"{measure}: differences of the mean over {over}", figure="forest", **_contrasts(view, measure)),
    ]
    if number == 0 and len(results.description.seeds) > 1:
        found.append(Section(f"{measure} with other seeds of the sampling", table=seeds_table(results)))
    if number == 0 and len(results.views) > 1:
        found += _settings_compared(results, measure)
    found.append(Section(f"All measures, mean over {over}", table=by_measure(results, view)))
    for other in results.measures[1:]:
        found += [
            Section(f"{other} by question language", table=by_language(results, view, other), detail=True),
            Section(f"{other}: differences of the mean", **_contrasts(view, other), detail=True),
        ]
    if view.setting.tuned:
        found.append(Section("Tuned α", table=tuned_alphas(view), detail=True))
    cost = results.facts["cost"]
    rest = {key: value for key, value in results.facts.items() if key != "cost"}
    found.append(Section("Cost", table=pairs("cost", cost)))
    found.append(Section("Settings", table=pairs("setting", rest), detail=True))
    return found


def _contrasts(view: View, measure: str) -> dict[str, Any]:
    note = (
        "95 % interval: bootstrap over clusters. p (t): paired t-test over questions, as in the paper; "
        "p (clustered t) and p (randomisation): whole clusters. Two-sided."
    )
    table = mean_contrasts(view, measure)
    if len(table) == 1:
        return {"lines": ("No contrast: it takes `none` or `mono`, another system, and two questions.",)}
    return {"table": table, "note": note}


def _settings_compared(results: Measurements, measure: str) -> list[Section]:
    note = (
        "Each setting but the first has a report of its own under `variants/`. Marks are of its own contrasts, "
        "with `none` and `mono` of the same fusion."
    )
    found = [Section(f"{measure} in every setting", table=by_setting(results, measure), note=note)]
    rows = across_settings(results, measure)
    if rows:
        found.append(Section("cross - mono in every setting", table=rows))
    return found


def pairs(name: str, content: Mapping[str, Any]) -> Table:
    """What `content` holds as a table of two columns, `name` and `value`."""
    return [[Cell(name), Cell("value")], *_flat(content)]


def _flat(content: Mapping[str, Any], prefix: str = "") -> Table:
    """A row per value, nested ones under `outer.inner`."""
    rows: Table = []
    for key, value in content.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            rows.append([Cell(prefix + key), Cell(text)])
    return rows
