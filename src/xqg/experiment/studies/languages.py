"""Which target languages help which question languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xqg.augmentation.vectors import QueryVectors
from xqg.errors import XqgError
from xqg.experiment.parts import Parts
from xqg.experiment.plan import Plan
from xqg.experiment.report.document import Figure, Findings, Section
from xqg.experiment.report.heatmap import heatmap
from xqg.experiment.report.study import table
from xqg.experiment.study import Study
from xqg.experiment.study_context import Context, Scores, arm_of
from xqg.experiment.system import AugmentedVectors

__all__ = ["WhichLanguages"]


def target_languages(plan: Plan) -> tuple[str, ...]:
    """The target languages of any passage, sorted: one group of queries each in `Parts.targeted`."""
    return tuple(sorted({code for own in plan.passage_languages for code in plan.targets_of(own)}))


class CrossOf(AugmentedVectors):
    """`cross` with some of its target languages only: n queries in each, so K is n times as many."""

    def __init__(self, name: str, languages: Sequence[str]) -> None:
        """Under a name for tables."""
        self.name = name
        self.languages = frozenset(languages)

    def needs(self, plan: Plan, passage_language: str) -> dict[str, int]:
        """n in each of them that is a target language of the passage."""
        return {code: plan.n for code in plan.targets_of(passage_language) if code in self.languages}

    def count(self, plan: Plan) -> int:
        """n for each language, as many as a passage may have."""
        return max(sum(self.needs(plan, code).values()) for code in plan.passage_languages)

    def queries(self, parts: Parts, question_language: str) -> Sequence[QueryVectors]:
        """One group per language, sorted."""
        groups = zip(target_languages(parts.plan), parts.targeted(parts.plan.n), strict=True)
        return [group for code, group in groups if code in self.languages]


class WhichLanguages(Study):
    """`cross` with one target language alone, against `none`; and without one, against all of them.

    α is tuned anew for each, on the mean over question languages, as for any arm.
    """

    name = "languages"
    title = "which target languages help which question languages"
    arms = ("none", "cross")

    def run(self, context: Context) -> Findings:
        """Every target language alone and left out.

        Raises:
            XqgError: a single target language, which there is nothing to tell from.
        """
        targets, asked = target_languages(context.plan), context.plan.query_languages
        if len(targets) < 2:
            raise XqgError("study languages needs two target languages or more; give `languages`")

        def measured(arm: AugmentedVectors) -> Scores:
            return context.measure(arm, languages=asked)

        none, cross = (context.measure(arm_of(name), languages=asked) for name in ("none", "cross"))
        alone = {code: measured(CrossOf(f"only {code}", [code])) for code in targets}
        without = {
            code: measured(CrossOf(f"without {code}", [other for other in targets if other != code]))
            for code in targets
        }
        sections, figures, tables = [], {}, {"rows": [*none.rows(asked), *cross.rows(asked)]}
        tables["rows"] += [row for each in (*alone.values(), *without.values()) for row in each.rows(asked)]
        tables["differences"] = []
        for number, measure in enumerate(context.measures):
            for kind, found, versus in (("only", alone, none), ("without", without, cross)):
                name, title = f"{kind} {measure}", _title(kind, measure)
                figures[name] = Figure(f"Heat map: {title}", _heatmap(context, found, versus, measure, title))
                rows = _matrix(context, found, versus, measure)
                sections.append(Section(title, figure=name, table=rows, note=_NOTE, detail=number > 0))
                tables["differences"] += _differences(context, found, versus, measure)
        sections.append(Section("α", table=_alphas([cross, *alone.values(), *without.values()])))
        return Findings(_lines(context, alone, without, none, cross), sections, figures, tables)


_NOTE = (
    "Rows: target language; columns: question language; bold: of each column the one that helps, or is "
    "missed, most. The mean is over the question languages other than the passages', with its 95 % interval."
)


def _title(kind: str, measure: str) -> str:
    if kind == "only":
        return f"{measure}: queries in one language alone, difference to none (points)"
    return f"{measure}: queries in all languages but one, difference to all (points)"


def _gains(found: dict[str, Scores], versus: Scores, measure: str, asked: Sequence[str]) -> list[list[float]]:
    """A row per target language, a value per question language, fractions."""
    return [
        [each.by_language[code, measure] - versus.by_language[code, measure] for code in asked]
        for each in found.values()
    ]


def _matrix(context: Context, found: dict[str, Scores], versus: Scores, measure: str) -> list[Any]:
    asked = context.plan.query_languages
    gains = _gains(found, versus, measure, asked)
    rows = [
        [
            code,
            *(context.shown(measure, gain, "+") for gain in mine),
            context.shown_difference(each, versus, measure),
        ]
        for (code, each), mine in zip(found.items(), gains, strict=True)
    ]
    most = np.argmax(gains, axis=0) if versus.K == 0 else np.argmin(gains, axis=0)
    best = {column: int(row) for column, row in enumerate(most, start=1)}
    return table(["queries in" if versus.K == 0 else "without", *asked, "mean"], rows, best)


def _heatmap(context: Context, found: dict[str, Scores], versus: Scores, measure: str, title: str) -> bytes:
    asked = context.plan.query_languages
    gains = _gains(found, versus, measure, asked)
    values = [
        [*(context.drawn(measure, gain) for gain in mine), context.drawn(measure, each.mean(measure) - versus.mean(measure))]
        for each, mine in zip(found.values(), gains, strict=True)
    ]
    return heatmap(
        values,
        list(found),
        [*asked, f"mean of {len(context.languages)}"],
        title=title,
        label=f"difference ({context.scale(measure).of_differences})",
        xlabel="question language",
        ylabel="queries in" if versus.K == 0 else "left out",
        apart=1,
    )


def _differences(
    context: Context, found: dict[str, Scores], versus: Scores, measure: str
) -> list[dict[str, Any]]:
    asked = context.plan.query_languages
    rows: list[dict[str, Any]] = []
    for (source, each), mine in zip(found.items(), _gains(found, versus, measure, asked), strict=True):
        fixed = {"source": source, "fusion": each.fusion, "alpha": each.stated_alpha, "K": each.K}
        mean = context.difference(each, versus, measure)
        rows.append(mean.row(each.arm, versus.arm, measure, query_language="mean", **fixed))
        for code, gain in zip(asked, mine, strict=True):
            pair = {"arm": each.arm, "versus": versus.arm, "measure": measure, "value": gain}
            rows.append({**pair, "query_language": code, **fixed})
    return rows


def _alphas(found: Sequence[Scores]) -> list[Any]:
    return table(["arm", "K", "α"], [[each.arm, str(each.K), each.shown_alpha] for each in found])


def _lines(
    context: Context, alone: dict[str, Scores], without: dict[str, Scores], none: Scores, cross: Scores
) -> list[str]:
    measure = context.measures[0]
    others = [code for code in context.languages if code in alone]
    lines = [f"cross - none: {context.shown_difference(cross, none, measure)} points of {measure}."]
    if len(others) > 1:
        gains = np.array(_gains({code: alone[code] for code in others}, none, measure, others))
        own, foreign = gains.diagonal().mean(), gains[~np.eye(len(others), dtype=bool)].mean()
        lost = (
            np.array(_gains({code: without[code] for code in others}, cross, measure, others))
            .diagonal()
            .mean()
        )
        lines += [
            f"Queries in one language alone, against none: {context.shown(measure, own, '+')} points for questions "
            f"in that language, {context.shown(measure, foreign, '+')} for those in another (means over "
            f"{', '.join(others)}).",
            f"A language left out of cross: {context.shown(measure, lost, '+')} points for the questions in it.",
        ]
    best = max(alone, key=lambda code: alone[code].mean(measure))
    gain = context.shown_difference(alone[best], none, measure)
    return [
        *lines,
        f"The best single language in the mean: {best} ({gain} against none; picked among {len(alone)}).",
    ]
