"""The tables of a comparison, as rows of text: printed on a terminal and written to report.md.

    arm         K    en     ar   …   te    mean of 7
    none        0  93.2   54.0       53.7       52.9
    mono       35  …
    cross      35  …          58.1ⁿᵐ

A superscript ⁿ (ᵐ) marks a value significantly better than `none` (`mono`) of the same fusion, a
subscript ₙ (ₘ) one significantly worse: paired two-sided t-test over questions, p < 0.05.
"""

from __future__ import annotations

from xqg.comparison.contrasts import MEAN
from xqg.comparison.views import Comparison, View

__all__ = ["LEGEND", "by_language", "by_measure", "headline"]

LEGEND = (
    "Percent. ⁿ ᵐ: better than `none`, `mono` of the same fusion; ₙ ₘ: worse "
    "(paired two-sided t-test over questions, p < 0.05, not corrected for the number of tests)."
)
_MARKS = {"none": ("ⁿ", "ₙ"), "mono": ("ᵐ", "ₘ")}
_LEVEL = 0.05

Table = list[list[str]]


def by_language(comparison: Comparison, view: View, measure: str) -> Table:
    """One measure: a row per arm, a column per question language and the mean; a header first."""
    languages = comparison.plan.query_languages
    over = comparison.plan.mean_languages
    chance = set(view.interpretability["at_chance"]) if measure == view.interpretability["measure"] else set()
    header = ["arm", "K", *(code + ("*" if code in chance else "") for code in languages)]
    rows: Table = [[*header, f"mean of {len(over)}"]]
    for arm in comparison.arms:
        cells = [_cell(comparison, view, arm.name, code, measure) for code in (*languages, MEAN)]
        rows.append([arm.name, str(arm.count(comparison.plan)), *cells])
    return rows


def by_measure(comparison: Comparison, view: View) -> Table:
    """Every measure as the mean over languages: a row per arm."""
    rows: Table = [["arm", *(measure.name for measure in comparison.measures)]]
    for arm in comparison.arms:
        cells = [_cell(comparison, view, arm.name, MEAN, measure.name) for measure in comparison.measures]
        rows.append([arm.name, *cells])
    return rows


def headline(comparison: Comparison, view: View) -> list[str]:
    """What the comparison says, in sentences that hold whichever arm wins."""
    measure = view.interpretability["measure"]
    where = f"{measure}, mean over {len(comparison.plan.mean_languages)} question languages"
    found = []
    contrast = view.contrast("cross", "mono", MEAN, measure)
    if contrast is not None:
        found.append(
            f"cross - mono: {100 * contrast.difference:+.1f} points of {where} (95 % interval over clusters "
            f"{100 * contrast.low:+.1f} to {100 * contrast.high:+.1f}, paired t-test p = {contrast.p:.2g})."
        )
    chance = f"Chance level of {measure}: {100 * view.interpretability['chance']:.2f}."
    if view.interpretability["interpretable"] is False:
        found.append(
            f"NOT INTERPRETABLE: none ({100 * view.interpretability['none']:.1f}) lies within its 95 % interval of "
            f"chance, so differences between arms say nothing of retrieval. {chance}"
        )
    else:
        found.append(chance)
    if view.interpretability["at_chance"]:
        codes = ", ".join(view.interpretability["at_chance"])
        found.append(f"* none is within its interval of chance: {codes}.")
    shares = comparison.settings["queries_in_asked_language"]
    if shares:
        listed = ", ".join(f"{code} {100 * share:.0f}" for code, share in sorted(shares.items()))
        found.append(f"Percent of generated queries in the language asked for (lingua): {listed}.")
    edge = [arm for arm, tuned in view.outcome.tuned.items() if tuned.at_edge]
    if edge:
        found.append(f"Tuned α at an edge of its grid: {', '.join(edge)}.")
    return found


def _cell(comparison: Comparison, view: View, arm: str, language: str, measure: str) -> str:
    text = f"{100 * comparison.mean(view.outcome, arm, language, measure):.1f}"
    for versus, (better, worse) in _MARKS.items():
        contrast = view.contrast(arm, versus, language, measure)
        if contrast is not None and contrast.p < _LEVEL:
            text += better if contrast.difference > 0 else worse
    return text
