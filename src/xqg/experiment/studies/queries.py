"""How many queries: the arms with n = 1, 2, 5, 10 queries per target language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from xqg.experiment.report.document import Figure, Findings, Section
from xqg.experiment.report.plots import curve
from xqg.experiment.report.study import table
from xqg.experiment.report.tables import Table
from xqg.experiment.study import Study
from xqg.experiment.study_context import Context, Interval, Scores

__all__ = ["HowManyQueries"]

NUMBERS = (1, 2, 5, 10)
_PAIR = ("cross", "mono")
Found = dict[tuple[str, int], Scores]  # (arm, n)


class HowManyQueries(Study):
    """Each n takes the first n of each passage's queries per language (`mono`: the first n·L), so the
    smaller sets are part of the larger ones; α is tuned anew for each n."""

    name = "queries"
    title = "how many queries per target language"
    arms = ("none", "mono", "target-n", "cross")
    per_language = NUMBERS[-1]

    def run(self, context: Context) -> Findings:
        """Every arm with every n that the source of queries can fill."""
        most = context.plan.n
        numbers = sorted({*(n for n in NUMBERS if n < most), most})
        arms = [arm for arm in context.arms if arm.name != "none"]
        found: Found = {}
        for n in numbers:
            parts = dataclasses.replace(context.parts, plan=dataclasses.replace(context.plan, n=n))
            found |= {(arm.name, n): context.measure(arm, parts=parts, variant=f"n = {n}") for arm in arms}
        differences = [
            (n, measure, context.difference(found["cross", n], found["mono", n], measure))
            for measure in context.measures
            for n in numbers
            if ("mono", n) in found
        ]
        tables = {"rows": [*context.none.rows(n=0), *_rows(found)]}
        sections, figures = [], {}
        for measure in context.measures:
            figures[measure] = Figure(f"Curve: {measure} over n", _plot(context, found, numbers, measure))
            table_ = _by_n(context, found, numbers, measure)
            sections.append(Section(f"{measure} by n", figure=measure, table=table_))
        if differences:
            cells = [[f"n = {n}", measure, each.shown(context.scale(measure))] for n, measure, each in differences]
            about = table(["cross - mono", "measure", "difference, points"], cells)
            sections.insert(1, Section("cross - mono by n", table=about))
            tables["differences"] = [each.row(*_PAIR, measure, n=n) for n, measure, each in differences]
        sections.append(Section("α by n (K)", table=_alphas(found, numbers), note=f"α {context.tuned_on}."))
        return Findings([*_main(differences, context), *_left_out(context, most)], sections, figures, tables)


def _rows(found: Found) -> list[dict[str, Any]]:
    return [row for (_, n), scores in found.items() for row in scores.rows(n=n)]


def _by_n(context: Context, found: Found, numbers: Sequence[int], measure: str) -> Table:
    names = dict.fromkeys(name for name, _ in found)
    rows = [["none", *[context.shown(measure, context.none.mean(measure))] * len(numbers)]]
    rows += [[name, *(context.shown(measure, found[name, n].mean(measure)) for n in numbers)] for name in names]
    return table(["arm", *(f"n = {n}" for n in numbers)], rows)


def _alphas(found: Found, numbers: Sequence[int]) -> Table:
    names = dict.fromkeys(name for name, _ in found)
    rows = [
        [name, *(f"{found[name, n].shown_alpha} ({found[name, n].K})" for n in numbers)] for name in names
    ]
    return table(["arm", *(f"n = {n}" for n in numbers)], rows)


def _main(differences: Sequence[tuple[int, str, Interval]], context: Context) -> list[str]:
    return [
        f"n = {n}: cross - mono {each.shown(context.scale(measure))} points of {measure}."
        for n, measure, each in differences
        if measure == context.measures[0]
    ]


def _left_out(context: Context, most: int) -> list[str]:
    beyond = [n for n in NUMBERS if n > most]
    if not beyond:
        return []
    design = context.design
    why = "the file of queries holds" if design.file and design.options.n is None else "per_language asks for"
    listed = ", ".join(map(str, beyond))
    return [f"Left out: n = {listed} ({why} {most} per target language and passage)."]


def _plot(context: Context, found: Found, numbers: Sequence[int], measure: str) -> bytes:
    none = context.drawn(measure, context.none.mean(measure))
    series = {"none": [(float(n), none) for n in numbers]}
    for name, n in found:
        series.setdefault(name, []).append((float(n), context.drawn(measure, found[name, n].mean(measure))))
    title = f"{measure}, mean over {len(context.languages)} question languages"
    return curve(series, "n, queries per target language", context.axis(measure), title)
