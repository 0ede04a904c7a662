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

from xqg.experiment.contrasts import MEAN, PRIMARY, REFERENCES, Contrast, p_value
from xqg.experiment.description import Compared
from xqg.experiment.measurements import Measurements, View
from xqg.experiment.scale import Scale

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
    "seeds_table",
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


def by_language(results: Measurements, view: View, measure: str) -> Table:
    """One measure: a row per system, a column per question language and the mean.

    Of a reader's measure the last row is its ceiling: what it answers from the right passage.
    """
    languages, over = results.query_languages, results.mean_languages
    chance = set(view.interpretability["at_chance"]) if measure == view.interpretability["measure"] else set()
    header = ["system", "K", *(code + ("*" if code in chance else "") for code in languages)]
    columns = [_column(results, view, code, measure) for code in (*languages, MEAN)]
    rows = _rows(results, [_counts(results), *columns])
    return [_texts(*header, f"mean of {len(over)}"), *rows, *_ceiling(results, measure)]


def _ceiling(results: Measurements, measure: str) -> Table:
    found, over = results.description.ceiling, results.mean_languages
    if not any(name == measure for _, name in found):
        return []
    mean = sum(found[code, measure] for code in over) / len(over)
    values = [*(found[code, measure] for code in results.query_languages), mean]
    return [_texts(CEILING, "", *(results.scale(measure).shown(value) for value in values))]


def by_measure(results: Measurements, view: View) -> Table:
    """Every measure as the mean over languages: a row per system."""
    columns = [_column(results, view, MEAN, measure) for measure in results.measures]
    return [_texts("system", *results.measures), *_rows(results, columns)]


def by_setting(results: Measurements, measure: str) -> Table:
    """One measure as the mean over languages in every setting: fixed and tuned α, raw and normalised."""
    columns = [_column(results, view, MEAN, measure) for view in results.views]
    header = [view.setting.name for view in results.views]
    return [_texts("system", *header), *_rows(results, columns)]


def mean_contrasts(view: View, measure: str) -> Table:
    """The contrasts of the mean over languages: difference, interval, p-values; the primary one first."""
    found = [c for c in view.contrasts if c.query_language == MEAN and c.measure == measure]
    found.sort(key=lambda contrast: not contrast.primary)
    rows = [[Cell(f"{c.system} - {c.versus}"), *_numbers(c)] for c in found]
    return [_texts("contrast", *_CONTRAST), *rows]


def _numbers(contrast: Contrast) -> list[Cell]:
    """The cells of a contrast under `_CONTRAST`."""
    shown = contrast.scale.shown
    return _texts(
        shown(contrast.difference, "+"),
        f"{shown(contrast.low, '+')} to {shown(contrast.high, '+')}",
        p_value(contrast.p),
        p_value(contrast.p_clustered),
        p_value(contrast.p_randomisation),
        "primary" if contrast.p_holm is None else p_value(contrast.p_holm),
    )


def across_settings(results: Measurements, measure: str) -> Table:
    """`cross` - `mono` of the mean over languages in every setting; empty where one did not run."""
    rows = []
    for view in results.views:
        contrast = view.contrast(*PRIMARY, MEAN, measure)
        if contrast is not None:
            rows.append([Cell(view.setting.name), *_numbers(contrast)])
    return [_texts("setting", *_CONTRAST), *rows] if rows else []


def seeds_table(results: Measurements) -> Table:
    """The primary measure's mean over languages with every seed, and their spread; empty with one seed.

    The last row is `cross` - `mono`: a difference no larger than its spread says little.
    """
    seeds = results.description.seeds
    if len(seeds) < 2:
        return []
    shown = results.scale(results.primary_measure).shown
    rows = [(system.name, results.by_seed(system.name), "") for system in results.systems]
    if results.differences_by_seed:
        rows.append((" - ".join(PRIMARY), results.differences_by_seed, "+"))
    table = [_texts("system", *(f"seed {seed}" for seed in seeds), "mean", "sd")]
    for name, values, sign in rows:
        mean, sd = shown(float(np.mean(values)), sign), shown(float(np.std(values, ddof=1)))
        table.append(_texts(name, *(shown(value, sign) for value in values), mean, sd))
    return table


def tuned_alphas(view: View) -> Table:
    """The α of every system and fold; empty where α was fixed."""
    tuned = view.setting.tuned
    if not tuned:
        return []
    folds = max(map(len, tuned.values()))
    names = ["dev set"] if folds == 1 else [f"fold {fold + 1}" for fold in range(folds)]
    rows = [_texts(name, *(f"{alpha:g}" for alpha in by_fold)) for name, by_fold in tuned.items()]
    return [_texts("arm", *names), *rows]


def _texts(*texts: str) -> list[Cell]:
    return [Cell(text) for text in texts]


def _rows(results: Measurements, columns: Sequence[Sequence[Cell]]) -> Table:
    """The columns as rows, each under the name of its system."""
    names = [system.name + (BOUND if system.bound else "") for system in results.systems]
    return [[Cell(name), *row] for name, row in zip(names, zip(*columns, strict=True), strict=True)]


def _counts(results: Measurements) -> list[Cell]:
    return _texts(*(str(system.K) for system in results.systems))


def _column(results: Measurements, view: View, language: str, measure: str) -> list[Cell]:
    """A cell per system, the best marked."""
    scale = results.scale(measure)
    cells = [_cell(view, system, language, measure, scale) for system in results.systems]
    ranked = [
        view.means[system.name, language, measure] for system in results.systems if not system.bound
    ]
    if len(ranked) < 2:
        return cells
    best = scale.shown(scale.best(ranked))
    return [
        dataclasses.replace(cell, best=not system.bound and cell.text == best)
        for system, cell in zip(results.systems, cells, strict=True)
    ]


def _cell(view: View, system: Compared, language: str, measure: str, scale: Scale) -> Cell:
    better: list[str] = []
    worse: list[str] = []
    for versus in REFERENCES:
        contrast = view.contrast(system.name, versus, language, measure)
        if contrast is not None and contrast.significant:
            (better if contrast.improves else worse).append(versus)
    text = scale.shown(view.means[system.name, language, measure])
    return Cell(text, tuple(better), tuple(worse))
