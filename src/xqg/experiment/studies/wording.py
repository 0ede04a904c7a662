"""Sentences and tables that every study shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.evaluation import bootstrap_interval, chance_of
from xqg.experiment.scales import higher_is_better, shown
from xqg.experiment.studies.context import Context
from xqg.experiment.report.tables import Cell, Table

__all__ = ["about", "drawn", "in_short", "percent", "table"]


def about(context: Context) -> str:
    """One sentence with everything that holds for every number of a study unless it says otherwise."""
    settings = context.assembled.settings
    source = settings["generator"]["name"] if settings["generator"] else "a file of queries"
    return (
        f"{settings['passages']} passages ({', '.join(settings['passage_languages'])}), "
        f"{settings['questions']} questions in {len(settings['query_languages'])} languages; means are over "
        f"{', '.join(context.languages)}. Encoder {settings['encoder']['name']}, queries from {source}, "
        f"n = {context.plan.n}, K = {context.plan.queries}; {context.fusion} fusion, sum, "
        f"α {context.tuned_on}, seed {settings['seed']}."
    )


def in_short(context: Context, found: Sequence[str]) -> list[str]:
    """What was found, and what to beware of; where nothing may be concluded (spec §6) that comes first."""
    interpretable, level = _chance(context)
    after = [f"Left out: arm {name} ({reason})." for name, reason in context.arms_left_out.items()]
    after.append(
        "Intervals: 95 %, bootstrap over question clusters, not corrected for how many there are. "
        "! marks an α at an edge of its grid."
    )
    return [*found, level, *after] if interpretable else [level, *found, *after]


def _chance(context: Context) -> tuple[bool, str]:
    """Whether `none` is better than chance, and by how much."""
    trial = context.assembled.trial
    measure = trial.measures[0]
    chance = chance_of(measure, trial.benchmark, context.languages[0])
    none = context.none
    low, _ = bootstrap_interval(none.per_question[measure.name], trial.benchmark.groups)
    level = (
        f"{measure.name}: arm none {shown(measure.name, none.mean(measure.name))}, chance {100 * chance:.2f}."
    )
    if low > chance:
        return True, level
    return (
        False,
        f"NOT INTERPRETABLE, no conclusion is drawn: none is within its 95 % interval of chance. {level}",
    )


def percent(measure: str) -> str:
    """The measure with its unit, for the axis of a plot."""
    return measure + (" (%)" if higher_is_better(measure) else " (ranks)")


def drawn(measure: str, value: float) -> float:
    """A value as plots draw it: percent, or ranks."""
    return 100 * value if higher_is_better(measure) else value


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], best: Mapping[int, int] | None = None
) -> Table:
    """Texts as a table.

    Args:
        best: column → row to be marked in it, both from 0, the header not counted.
    """
    marked = {(row, column) for column, row in (best or {}).items()}
    body = [
        [Cell(text, best=(row, column) in marked) for column, text in enumerate(texts)]
        for row, texts in enumerate(rows)
    ]
    return [[Cell(text) for text in header], *body]
