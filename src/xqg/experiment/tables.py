"""The tables of a comparison, as rows of cells that every kind of report prints in its own way.

    system      K    en     ar   …   te    mean of 7
    none        0  93.2   54.0       53.7       52.9
    mono       35  …
    cross      35  …          58.1ⁿᵐ

A superscript ⁿ (ᵐ) marks a value significantly better than `none` (`mono`) of the same fusion, a
subscript ₙ (ₘ) one significantly worse; the best value of a column is marked, upper bounds left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xqg.experiment.contrasts import MEAN, PRIMARY, REFERENCES, Contrast
from xqg.experiment.scales import higher_is_better, shown
from xqg.experiment.settings import Setting
from xqg.experiment.systems import System
from xqg.experiment.views import Comparison, View

__all__ = [
    "BOUND",
    "CEILING",
    "Cell",
    "Table",
    "across_settings",
    "by_language",
    "by_measure",
    "by_setting",
    "mean_contrasts",
    "p_value",
    "seeds_table",
    "setting_name",
    "tuned_alphas",
]

BOUND = " (bound)"
CEILING = "right passage" + BOUND
_CONTRAST = ("difference", "95 % interval", "p (t)", "p (clustered t)", "p (randomisation)", "p (Holm)")


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        better: references that the value is significantly better than; `worse` likewise.
        best: of its column, bounds left out.
    """

    text: str
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    best: bool = False

    @property
    def marks(self) -> str:
        """Its significance, in letters of Unicode."""
        above, below = {"none": "ⁿ", "mono": "ᵐ"}, {"none": "ₙ", "mono": "ₘ"}
        return "".join([*(above[versus] for versus in self.better), *(below[versus] for versus in self.worse)])


Table = list[list[Cell]]  # the header first


def by_language(comparison: Comparison, view: View, measure: str) -> Table:
    """One measure: a row per system, a column per question language and the mean.

    Of a reader's measure the last row is its ceiling: what it answers from the right passage.
    """
    languages, over = comparison.plan.query_languages, comparison.plan.mean_languages
    chance = set(view.interpretability["at_chance"]) if measure == view.interpretability["measure"] else set()
    header = ["system", "K", *(code + ("*" if code in chance else "") for code in languages)]
    columns = [_column(comparison, view, code, measure) for code in (*languages, MEAN)]
    rows = _rows(comparison, [_counts(comparison), *columns])
    return [_texts(*header, f"mean of {len(over)}"), *rows, *_ceiling(comparison, measure)]


def _ceiling(comparison: Comparison, measure: str) -> Table:
    found, over = comparison.ceiling, comparison.plan.mean_languages
    if not any(name == measure for _, name in found):
        return []
    mean = sum(found[code, measure] for code in over) / len(over)
    values = [*(found[code, measure] for code in comparison.plan.query_languages), mean]
    return [_texts(CEILING, "", *(shown(measure, value) for value in values))]


def by_measure(comparison: Comparison, view: View) -> Table:
    """Every measure as the mean over languages: a row per system."""
    columns = [_column(comparison, view, MEAN, measure) for measure in comparison.measure_names]
    return [_texts("system", *comparison.measure_names), *_rows(comparison, columns)]


def by_setting(comparison: Comparison, measure: str) -> Table:
    """One measure as the mean over languages in every setting: fixed and tuned α, raw and normalised."""
    columns = [_column(comparison, view, MEAN, measure) for view in comparison.views]
    header = [view.outcome.setting.name for view in comparison.views]
    return [_texts("system", *header), *_rows(comparison, columns)]


def mean_contrasts(view: View, measure: str) -> Table:
    """The contrasts of the mean over languages: difference, interval, p-values; the primary one first."""
    found = [c for c in view.contrasts if c.query_language == MEAN and c.measure == measure]
    found.sort(key=lambda contrast: not contrast.primary)
    rows = [[Cell(f"{c.arm} - {c.versus}"), *_numbers(c)] for c in found]
    return [_texts("contrast", *_CONTRAST), *rows]


def _numbers(contrast: Contrast) -> list[Cell]:
    """The cells of a contrast under `_CONTRAST`."""
    low, high = (shown(contrast.measure, end, "+") for end in (contrast.low, contrast.high))
    return _texts(
        shown(contrast.measure, contrast.difference, "+"),
        f"{low} to {high}",
        p_value(contrast.p),
        p_value(contrast.p_clustered),
        p_value(contrast.p_randomisation),
        "primary" if contrast.p_holm is None else p_value(contrast.p_holm),
    )


def across_settings(comparison: Comparison, measure: str) -> Table:
    """`cross` - `mono` of the mean over languages in every setting; empty where one did not run."""
    rows = []
    for view in comparison.views:
        contrast = view.contrast(*PRIMARY, MEAN, measure)
        if contrast is not None:
            rows.append([Cell(view.outcome.setting.name), *_numbers(contrast)])
    return [_texts("setting", *_CONTRAST), *rows] if rows else []


def seeds_table(comparison: Comparison) -> Table:
    """The primary measure's mean over languages with every seed, and their spread; empty with one seed.

    The last row is `cross` - `mono`: a difference no larger than its spread says little.
    """
    spread = comparison.spread
    if spread is None:
        return []
    rows = [(name, mine) for name, mine in spread.values.items()]
    if spread.differences:
        rows.append((" - ".join(PRIMARY), spread.differences))
    table = [_texts("system", *(f"seed {seed}" for seed in spread.seeds), "mean", "sd")]
    for name, values in rows:
        sign = "+" if values is spread.differences else ""
        sd = shown(spread.measure, float(np.std(values, ddof=1)))
        mean = shown(spread.measure, float(np.mean(values)), sign)
        table.append(_texts(name, *(shown(spread.measure, value, sign) for value in values), mean, sd))
    return table


def tuned_alphas(comparison: Comparison, view: View) -> Table:
    """The α of every arm and fold; empty where α was fixed."""
    tuned = view.outcome.tuned
    if not tuned:
        return []
    folds = max(len(found.by_fold) for found in tuned.values())
    names = ["dev set"] if folds == 1 else [f"fold {fold + 1}" for fold in range(folds)]
    rows = [_texts(arm, *(f"{alpha:g}" for alpha in found.by_fold)) for arm, found in tuned.items()]
    return [_texts("arm", *names), *rows]


def p_value(p: float) -> str:
    """To two digits; what is too small to be told from 0 says so."""
    return "< 1e-15" if p < 1e-15 else f"{p:.2g}"


def setting_name(setting: Setting) -> str:
    """`normalised fusion, sum, tuned α`; no α where it plays no part (`max`)."""
    alpha = "tuned α" if setting.tuned else "" if setting.alpha is None else f"α = {setting.alpha:g}"
    return ", ".join(part for part in (f"{setting.fusion} fusion", setting.aggregation, alpha) if part)


def _texts(*texts: str) -> list[Cell]:
    return [Cell(text) for text in texts]


def _rows(comparison: Comparison, columns: Sequence[Sequence[Cell]]) -> Table:
    """The columns as rows, each under the name of its system."""
    names = [system.name + (BOUND if system.bound else "") for system in comparison.systems]
    return [[Cell(name), *row] for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def _counts(comparison: Comparison) -> list[Cell]:
    return _texts(*(str(system.K) for system in comparison.systems))


def _column(comparison: Comparison, view: View, language: str, measure: str) -> list[Cell]:
    """A cell per system, the best marked."""
    cells = [_cell(view, system, language, measure) for system in comparison.systems]
    ranked = [
        view.means[system.name, language, measure] for system in comparison.systems if not system.bound
    ]
    if len(ranked) < 2:
        return cells
    best = shown(measure, max(ranked) if higher_is_better(measure) else min(ranked))
    return [
        dataclasses.replace(cell, best=not system.bound and cell.text == best)
        for system, cell in zip(comparison.systems, cells, strict=True)
    ]


def _cell(view: View, system: System, language: str, measure: str) -> Cell:
    better: list[str] = []
    worse: list[str] = []
    for versus in REFERENCES:
        contrast = view.contrast(system.name, versus, language, measure)
        if contrast is not None and contrast.significant:
            (better if _improves(contrast) else worse).append(versus)
    text = shown(measure, view.means[system.name, language, measure])
    return Cell(text, tuple(better), tuple(worse))


def _improves(contrast: Contrast) -> bool:
    return (contrast.difference > 0) == higher_is_better(contrast.measure)
