"""How much weight: every α of the grid, fixed, tuned, without labels, and the best in hindsight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xqg.augmentation import DEFAULT_ALPHA, FUSIONS, Fusion
from xqg.experiment.pseudo_questions import PseudoTuned, pseudo_questions, tune_without_labels
from xqg.experiment.report.document import Figure, Findings, Section
from xqg.experiment.report.plots import curve
from xqg.experiment.report.study import table
from xqg.experiment.report.tables import Table
from xqg.experiment.study import Study
from xqg.experiment.study_context import Context, Scores
from xqg.experiment.system import AugmentedVectors
from xqg.experiment.tuning import GRID

__all__ = ["HowMuchWeight", "Weighed"]

CHOSEN_BY = "RR@10"  # as the tuning has it
_ORACLE = "oracle: the best on the test questions themselves, which nobody can have"


@dataclass(frozen=True)
class Weighed:
    """One arm in one fusion.

    Attributes:
        curve: a score per α of `GRID`.
        tuned: with labels (cross-fitted, or on dev questions).
        unlabelled: None where nothing can be held out.
    """

    arm: str
    fusion: Fusion
    curve: Sequence[Scores]
    tuned: Scores
    unlabelled: PseudoTuned | None

    def at(self, alpha: float) -> Scores:
        """With an α of the grid."""
        return self.curve[GRID.index(alpha)]

    @property
    def oracle(self) -> float:
        """The α of the best RR@10 on the test questions themselves; ties: the smaller."""
        return max(GRID, key=lambda alpha: (self.at(alpha).mean(CHOSEN_BY), -alpha))

    def ways(self) -> dict[str, Scores | None]:
        """Way to choose α → what it gives."""
        return {
            f"fixed {DEFAULT_ALPHA:g}": self.at(DEFAULT_ALPHA),
            "tuned": self.tuned,
            "without labels": self.at(self.unlabelled.alpha) if self.unlabelled else None,
            "oracle": self.at(self.oracle),
        }


class HowMuchWeight(Study):
    """α's curve in both fusions, and α without labels (`xqg.experiment.unlabelled`) beside α with them."""

    name = "alpha"
    title = "how much weight the generated queries get"
    arms = ("none", "mono", "target-n", "cross")
    curves = True

    def run(self, context: Context) -> Findings:
        """Every arm with every α in both fusions, the asked one first."""
        trial = context.material.trial
        pseudo = pseudo_questions(
            context.parts, context.material.trial.queries, trial.passage_ids, context.parts.seed
        )
        fusions = (context.fusion, *(other for other in FUSIONS if other != context.fusion))

        def weighed(arm: AugmentedVectors, fusion: Fusion) -> Weighed:
            found = [context.measure(arm, fusion, alpha) for alpha in GRID]
            blind = tune_without_labels(arm, fusion, context.parts, pseudo)
            return Weighed(arm.name, fusion, found, context.measure(arm, fusion), blind)

        found = [weighed(arm, fusion) for fusion in fusions for arm in context.arms if arm.name != "none"]
        measures = list(dict.fromkeys([context.measures[0], CHOSEN_BY]))
        sections, figures = [_ways(context, found, measure) for measure in measures], {}
        sections.insert(1, _nearness(context, found, measures[0], pseudo.held_out))
        for fusion in fusions:
            mine = [each for each in found if each.fusion == fusion]
            for measure in measures:
                name = f"{measure} {fusion}"
                figures[name] = _figure(
                    f"{measure} over α, {fusion} fusion", context.axis(measure), mine, _real(context, measure)
                )
                title = f"{measure} by α, {fusion} fusion"
                sections.append(Section(title, figure=name, table=_curves(context, mine, measure)))
            blind = [each for each in mine if each.unlabelled]
            if blind:
                name, title = f"pseudo {fusion}", f"Pseudo-questions: {CHOSEN_BY} over α, {fusion} fusion"
                figures[name] = _figure(title, context.axis(CHOSEN_BY), blind, _pseudo(context))
                sections.append(Section(title, figure=name, detail=True))
        return Findings(_lines(context, found), sections, figures, _tables(context, found, pseudo.held_out))


def _ways(context: Context, found: Sequence[Weighed], measure: str) -> Section:
    names = list(found[0].ways())
    rows = [
        [
            f"{each.arm}, {each.fusion}",
            *(
                f"{context.shown(measure, scores.mean(measure))} ({scores.shown_alpha})" if scores else "-"
                for scores in each.ways().values()
            ),
        ]
        for each in found
    ]
    return Section(
        f"{measure} (α) for each way to choose α",
        table=table(["arm, fusion", *names], rows),
        note=f"{_ORACLE}; chosen by {CHOSEN_BY}, as all the others.",
    )


def _nearness(context: Context, found: Sequence[Weighed], measure: str, held_out: str) -> Section:
    rows = []
    for each in found:
        if each.unlabelled is None:
            continue
        mine, ways = each.unlabelled.alpha, each.ways()
        steps = GRID.index(mine) - GRID.index(each.oracle)
        differences = [
            context.shown_difference(each.at(mine), other, measure)
            for name, other in ways.items()
            if other is not None and name != "without labels"
        ]
        rows.append(
            [f"{each.arm}, {each.fusion}", f"{mine:g}", f"{each.oracle:g}", f"{steps:+d}", *differences]
        )
    header = ["arm, fusion", "α without labels", "oracle's α", "steps apart"]
    header += [f"- fixed {DEFAULT_ALPHA:g}", "- tuned", "- oracle"]
    none = [each.arm for each in found if each.unlabelled is None]
    lines = (f"Nothing can be held out for {', '.join(dict.fromkeys(none))} with n = 1.",) if none else ()
    note = (
        f"Held out: {held_out}. Steps: of the grid ({', '.join(f'{alpha:g}' for alpha in GRID)}). "
        f"Differences: {measure} with α without labels minus each other way, points."
    )
    return Section(
        "α without labels: how near", lines, table=table(header, rows) if rows else None, note=note
    )


def _curves(context: Context, found: Sequence[Weighed], measure: str) -> Table:
    rows = [
        [f"{alpha:g}", *(context.shown(measure, each.curve[at].mean(measure)) for each in found)]
        for at, alpha in enumerate(GRID)
    ]
    best = {
        column: max(range(len(GRID)), key=lambda at: each.curve[at].mean(measure))
        for column, each in enumerate(found, start=1)
    }
    return table(["α", *(each.arm for each in found)], rows, best)


def _real(context: Context, measure: str) -> Callable[[Weighed], list[float]]:
    return lambda each: [context.drawn(measure, scores.mean(measure)) for scores in each.curve]


def _pseudo(context: Context) -> Callable[[Weighed], list[float]]:
    return lambda each: [context.drawn(CHOSEN_BY, value) for value in each.unlabelled.curve] if each.unlabelled else []


def _figure(
    title: str, ylabel: str, found: Sequence[Weighed], values: Callable[[Weighed], list[float]]
) -> Figure:
    none = values(found[0])[0]  # at α = 0 every arm is the passage alone
    series = {"none": [(alpha, none) for alpha in GRID]}
    series |= {each.arm: list(zip(GRID, values(each), strict=True)) for each in found}
    return Figure(title, curve(series, "α (0: the passage alone)", ylabel, title))


def _lines(context: Context, found: Sequence[Weighed]) -> list[str]:
    measure, lines = context.measures[0], []
    for each in found:
        if each.fusion == context.fusion:
            parts = [
                f"{name} {context.shown(measure, scores.mean(measure))} (α {scores.shown_alpha})"
                for name, scores in each.ways().items()
                if scores is not None
            ]
            lines.append(f"{each.arm}, {each.fusion} fusion, {measure}: {'; '.join(parts)}.")
    return [*lines, f"{_ORACLE[0].upper()}{_ORACLE[1:]}."]


def _tables(context: Context, found: Sequence[Weighed], held_out: str) -> dict[str, list[dict[str, Any]]]:
    rows = [
        row
        for each in found
        for name, scores in each.ways().items()
        if scores
        for row in scores.rows(chosen=name)
    ]
    curves = [row for each in found for scores in each.curve for row in scores.rows()]
    pseudo = [
        {
            "arm": each.arm,
            "fusion": each.fusion,
            "alpha": each.unlabelled.alpha,
            "alpha_oracle": each.oracle,
            "alpha_tuned": each.tuned.stated_alpha,
            "held_out": held_out,
            "questions": each.unlabelled.questions,
        }
        for each in found
        if each.unlabelled
    ]
    pseudo_curves = [
        {"arm": each.arm, "fusion": each.fusion, "measure": CHOSEN_BY, "alpha": alpha, "value": value}
        for each in found
        if each.unlabelled
        for alpha, value in zip(GRID, each.unlabelled.curve, strict=True)
    ]
    return {
        "rows": [*context.none.rows(), *rows],
        "curves": curves,
        "without_labels": pseudo,
        "pseudo_question_curves": pseudo_curves,
    }
