"""What filtering generated queries removes, and what it does to the measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xqg.evaluation import holm
from xqg.experiment.contrasts import LEVEL
from xqg.experiment.filtered_queries import Rescaled, filtered_parts, query_texts
from xqg.experiment.parts import Parts
from xqg.experiment.query_filters import FRACTIONS, Removal, best_fraction, in_language, round_trip
from xqg.experiment.report.document import Figure, Findings, Section
from xqg.experiment.report.plots import Difference, forest
from xqg.experiment.report.study import table
from xqg.experiment.report.tables import Table
from xqg.experiment.seeds import seeded
from xqg.experiment.study import Study
from xqg.experiment.study_context import Context, Scores, arm_of
from xqg.experiment.system import AugmentedVectors

__all__ = ["WhichQueries"]

EXAMPLES = 5
_SCALINGS = ("rescaled", "unscaled")
_ALONE = "alone: passages that keep none of an arm's queries."
_NOTE = (
    "rescaled: the sum of a passage's queries is times K/K_p, so that K stays equal; unscaled: as it is. "
    "A passage that keeps no query stays alone. Figure: filled where p < 0.05 (clustered t-test, "
    "Holm-corrected over the rows)."
)


@dataclass(frozen=True)
class Filtered:
    """Arms over the queries that a filter keeps. `name` None: nothing was filtered."""

    name: str | None
    scaling: str
    scores: dict[str, Scores]

    @property
    def label(self) -> str:
        """A row's name."""
        return f"{self.name}, {self.scaling}" if self.name else "all queries"


class WhichQueries(Study):
    """Three filters; what each removes, and `mono` and `cross` with what it keeps, α tuned anew."""

    name = "filter"
    title = "which generated queries to keep"
    arms = ("none", "mono", "cross")
    top = 10

    def run(self, context: Context) -> Findings:
        """Every filter, sums rescaled and as they are."""
        ids, texts = context.material.trial.passage_ids, context.material.trial.queries
        removals = [
            in_language(context.parts, texts, ids),
            round_trip(context.parts, ids, context.fusion, context.top),
            *(best_fraction(context.parts, fraction) for fraction in FRACTIONS),
        ]
        names = [arm.name for arm in context.arms if arm.name != "none"]
        found = [Filtered(None, "", {name: context.measure(arm_of(name)) for name in names})]
        for removal in removals:
            parts = filtered_parts(context.parts, removal.keep)
            for scaling in _SCALINGS:
                arms = {name: Rescaled(arm_of(name)) if scaling == "rescaled" else arm_of(name) for name in names}
                scores = {name: context.measure(arm, parts=parts, variant=removal.name) for name, arm in arms.items()}
                found.append(Filtered(removal.name, scaling, scores))
        notes = tuple(f"{removal.name}: {removal.note}." for removal in removals)
        removed = _removed(context, removals)
        sections = [Section("Share of queries removed, percent", notes, table=removed, note=_ALONE)]
        figures = {}
        for measure in context.measures:
            figure = measure if "mono" in names else ""
            about = f"{measure} with the queries that are kept"
            rows = _effects(context, found, measure)
            sections.append(Section(about, figure=figure, table=rows, note=_NOTE))
            if figure:
                figures[figure] = Figure(
                    f"cross - mono, {measure}, by filter", _forest(context, found, measure)
                )
        sections.append(Section("α", table=_alphas(found)))
        examples = [_examples(context, removal) for removal in removals]
        sections += [
            Section(f"Removed by {removal.name}: {len(rows)} examples", table=_shown(rows))
            for removal, rows in zip(removals, examples, strict=True)
            if rows
        ]
        tables = _tables(context, found, removals)
        tables["examples"] = [row for rows in examples for row in rows]
        return Findings(_lines(context, found), sections, figures, tables)


def _removed(context: Context, removals: Sequence[Removal]) -> Table:
    codes, arms = list(context.parts.generated), [arm for arm in context.arms if arm.name != "none"]
    rows = []
    for removal in removals:
        parts = filtered_parts(context.parts, removal.keep)
        shares = [f"{100 * _share(removal, code):.1f}" for code in codes]
        rows.append([removal.name, *shares, *(str(_without(arm, parts)) for arm in arms)])
    return table(["filter", *codes, *(f"alone in {arm.name}" for arm in arms)], rows)


def _without(arm: AugmentedVectors, parts: Parts) -> int:
    """Passages that keep none of an arm's queries (`mono`, `cross`: the same for every question language)."""
    groups = arm.queries(parts, parts.plan.query_languages[0])
    return int((np.sum([group.counts for group in groups], axis=0) == 0).sum())


def _share(removal: Removal, code: str) -> float:
    """Of a language's queries that are removed; 0 where there is none."""
    keep = removal.keep[code]
    return float((~keep).mean()) if len(keep) else 0.0


def _effects(context: Context, found: Sequence[Filtered], measure: str) -> Table:
    whole = found[0].scores
    rows = []
    for each in found:
        cells = []
        for name, scores in each.scores.items():
            change = (
                "" if each.name is None else context.shown_difference(scores, whole[name], measure)
            )
            cells += [context.shown(measure, scores.mean(measure)), change]
        if "mono" in whole:
            cells.append(
                context.shown_difference(each.scores["cross"], each.scores["mono"], measure)
            )
        rows.append([each.label, *cells])
    header = ["queries", *(title for name in whole for title in (name, f"{name} - unfiltered"))]
    return table([*header, *(["cross - mono"] if "mono" in whole else [])], rows)


def _forest(context: Context, found: Sequence[Filtered], measure: str) -> bytes:
    """Filled markers: significant after Holm's correction over the rows."""
    mine = [context.difference(each.scores["cross"], each.scores["mono"], measure) for each in found]
    rows = []
    for each, one, p in zip(found, mine, holm([one.p for one in mine]), strict=True):
        value, low, high = (context.drawn(measure, end) for end in (one.value, one.low, one.high))
        rows.append(Difference("cross - mono", each.label, value, low, high, significant=p < LEVEL))
    title = f"{measure}, mean over {len(context.languages)} question languages"
    return forest(rows, title=title, xlabel=f"cross - mono ({context.scale(measure).of_differences})")


def _alphas(found: Sequence[Filtered]) -> Table:
    names = list(found[0].scores)
    return table(
        ["queries", *names],
        [[each.label, *(each.scores[name].shown_alpha for name in names)] for each in found],
    )


def _examples(context: Context, removal: Removal) -> list[dict[str, Any]]:
    """Removed queries, drawn at random: one of each language before a second of any."""
    ids, texts = context.material.trial.passage_ids, context.material.trial.queries
    random = seeded("filter examples", context.parts.seed, removal.name)
    rounds: dict[tuple[int, float], dict[str, Any]] = {}
    for code, keep in removal.keep.items():
        written = query_texts(context.parts, texts, ids, code)
        chosen = random.permutation(np.flatnonzero(~keep))[:EXAMPLES]
        for number, at in enumerate(chosen):
            row = {
                "filter": removal.name,
                "language": code,
                "passage_id": ids[context.parts.generated[code].rows[at]],
                "text": written[at],
                "why": removal.why[code][at],
            }
            rounds[number, random.random()] = row
    return [rounds[key] for key in sorted(rounds)[:EXAMPLES]]


def _shown(rows: Sequence[dict[str, Any]]) -> Table:
    names = ("language", "passage_id", "text", "why")
    return table(["language", "passage", "query", "why"], [[row[name] for name in names] for row in rows])


def _lines(context: Context, found: Sequence[Filtered]) -> list[str]:
    measure, lines = context.measures[0], []
    for each in found:
        if "mono" in each.scores and each.scaling != "unscaled":
            mine = context.difference(each.scores["cross"], each.scores["mono"], measure)
            lines.append(f"{each.label}: cross - mono {mine.shown(context.scale(measure))} points of {measure}.")
    return lines


def _tables(
    context: Context, found: Sequence[Filtered], removals: Sequence[Removal]
) -> dict[str, list[dict[str, Any]]]:
    rows, differences = [*context.none.rows()], []
    for each in found:
        fixed = {"filter": each.name, "scaling": each.scaling or None}
        for name, scores in each.scores.items():
            rows += [{**row, "arm": name} for row in scores.rows((), **fixed)]
        for measure in context.measures if "mono" in each.scores else ():
            mine = context.difference(each.scores["cross"], each.scores["mono"], measure)
            differences.append(mine.row("cross", "mono", measure, **fixed))
    removed = [
        {
            "filter": removal.name,
            "language": code,
            "queries": len(keep),
            "removed": int((~keep).sum()),
            "share": _share(removal, code),
        }
        for removal in removals
        for code, keep in removal.keep.items()
    ]
    return {"rows": rows, "differences": differences, "removed": removed}
