"""Systems against `none` and `mono` of the same fusion: differences, intervals, p-values.

One contrast is primary, stated before any run: `cross` - `mono`, mean over the question languages other
than the passages'. Every other contrast of a setting is secondary, and their p-values are corrected
together (Holm).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.evaluation import bootstrap_interval, clustered
from xqg.evaluation.significance import holm
from xqg.experiment.scale import POINTS, Scale

__all__ = ["LEVEL", "MEAN", "PRIMARY", "Contrast", "contrasts", "mean_values"]

MEAN = "mean"  # in place of a language: the mean over question languages other than the passages'
LEVEL = 0.05
PRIMARY = ("cross", "mono")
REFERENCES = ("none", "mono")
CONTROLS = (("cross", "shuffled"), ("cross", "chunks"))  # for the mean only
RESAMPLES = 10_000
ROUNDS = {True: 100_000, False: 10_000}  # of the randomisation test: for the mean, for one language
SEED = 0
TINY = 1e-15

Floats = npt.NDArray[np.float64]
Column = tuple[str, str]  # language or MEAN, measure
Values = Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]]  # (system, language) → measure → question → value


@dataclass(frozen=True)
class Contrast:
    """`system` - `versus` in one question language, or for `MEAN`, where the unit is the question id.

    Attributes:
        difference: of the means, with its 95 % interval `low` to `high` (bootstrap over clusters).
        p: paired two-sided t-test over questions, as in the paper.
        p_clustered: the same, robust to questions of a cluster depending on each other.
        p_randomisation: paired randomisation test, two-sided, whole clusters exchanged.
        p_holm: `p_clustered` corrected for all secondary contrasts of the setting; None for the
            primary contrast, which is not corrected, and for pairs that no report has.
        primary: whether this is the one contrast that was chosen before the run.
    """

    system: str
    versus: str
    query_language: str
    measure: str
    difference: float
    low: float
    high: float
    p: float
    p_clustered: float
    p_randomisation: float
    p_holm: float | None
    questions: int
    clusters: int
    scale: Scale = POINTS
    primary: bool = False

    def __str__(self) -> str:
        """`+4.5 (+3.2 to +5.8), p = 1e-08`: in the measure's unit, p of the clustered t-test, corrected
        where the report corrects it."""
        difference, low, high = (self.scale.shown(end, "+") for end in (self.difference, self.low, self.high))
        return f"{difference} ({low} to {high}), {p_words(self.p_tested)}"

    def __repr__(self) -> str:
        return f"<{self.system} - {self.versus}, {self.measure}, {self.query_language}: {self}>"

    @property
    def p_tested(self) -> float:
        """The p-value that decides."""
        return self.p_clustered if self.p_holm is None else self.p_holm

    @property
    def improves(self) -> bool:
        """Whether `system` is the better one."""
        return (self.difference > 0) == self.scale.higher_is_better

    @property
    def significant(self) -> bool:
        """At 0.05, corrected where the contrast is not the primary one."""
        return self.p_tested < LEVEL

    def to_dict(self) -> dict[str, Any]:
        """As results.json has it."""
        row = dataclasses.asdict(self)
        del row["scale"]
        return {"arm": row.pop("system"), **row}


def p_words(p: float) -> str:
    """`p = 0.03`; what is too small to be told from 0 says so."""
    return f"p {p_value(p)}" if p < TINY else f"p = {p_value(p)}"


def p_value(p: float) -> str:
    """To two digits, or `< 1e-15`."""
    return f"< {TINY:g}" if p < TINY else f"{p:.2g}"


def contrasts(
    values: Values,
    systems: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measures: Mapping[str, Scale],
    groups: Mapping[str, str],
    primary_measure: str | None,
) -> list[Contrast]:
    """Every system against each reference that ran, per language and for the mean, Holm-corrected.

    Args:
        systems: names, in the order of the table.
        measures: name → how its values are printed.
        groups: question id → cluster.
        primary_measure: of the primary contrast; None: all are secondary (a variant of the setting).

    Raises:
        XqgError: systems measured on different questions, or a question without a cluster.
    """
    tested: list[Contrast] = []
    batches: dict[tuple[bool, tuple[str, ...]], list[tuple[Column, Floats]]] = {}
    for measure in measures:
        for language in (*languages, MEAN):
            over = mean_languages if language == MEAN else (language,)
            ids, numbers = _matrix(values, systems, measure, over)
            if len(ids) > 1:
                batches.setdefault((language == MEAN, ids), []).append(((language, measure), numbers))
    for (mean, ids), columns in batches.items():
        tested += _tested(systems, _pairs(systems, mean), ids, columns, groups, ROUNDS[mean], measures)
    order = {column: n for n, column in enumerate((m, code) for m in measures for code in (*languages, MEAN))}
    tested.sort(key=lambda contrast: order[contrast.measure, contrast.query_language])
    return _corrected(tested, primary_measure)


def contrast_of(
    values: Values,
    pair: tuple[str, str],
    language: str,
    over: Sequence[str],
    measure: str,
    groups: Mapping[str, str],
    scale: Scale,
) -> Contrast:
    """One contrast, not corrected for any other.

    Args:
        pair: system and the one it is held against.
        language: that is reported: `MEAN` or the one of `over`.
        over: question languages that the mean is taken over.

    Raises:
        XqgError: systems measured on different questions, fewer than two questions, one without a cluster.
    """
    ids, numbers = _matrix(values, pair, measure, over)
    if len(ids) < 2:
        raise XqgError(f"a contrast of {len(ids)} question says nothing; measure two or more")
    columns = [((language, measure), numbers)]
    [contrast] = _tested(pair, [pair], ids, columns, groups, ROUNDS[language == MEAN], {measure: scale})
    return contrast


def _pairs(systems: Sequence[str], mean: bool) -> list[tuple[str, str]]:
    """(system, versus), in the order of the reports."""
    found = [
        (system, versus)
        for versus in REFERENCES
        if versus in systems
        for system in systems
        if system not in ("none", versus)
    ]
    if mean:
        found += [(a, b) for a, b in CONTROLS if a in systems and b in systems]
    return found


def _matrix(
    values: Values, systems: Sequence[str], measure: str, languages: Sequence[str]
) -> tuple[tuple[str, ...], Floats]:
    """Question ids, sorted, and values of shape (questions, systems) whose column means are the
    means over `languages` of each language's mean.

    A question id that was asked in every language has the average of its values. Where questions are
    not parallel a language of few questions weighs as much as one of many: with N ids, L languages and
    n_l questions in language l, the value of id q is N/L · Σ_l v_ql / n_l.
    """
    ids = sorted({id_ for code in languages for id_ in values[systems[0], code][measure]})
    rows = {id_: row for row, id_ in enumerate(ids)}
    total = np.zeros((len(ids), len(systems)))
    for code in languages:
        mine = values[systems[0], code][measure].keys()
        at = [rows[id_] for id_ in mine]
        for column, system in enumerate(systems):
            own = values[system, code][measure]
            if own.keys() != mine:
                raise XqgError(f"{system} and {systems[0]} were not measured ({measure}) on the same questions")
            total[at, column] += np.array([own[id_] for id_ in mine]) * (len(ids) / len(mine))
    return tuple(ids), total / len(languages)


def mean_values(values: Values, system: str, measure: str, languages: Sequence[str]) -> dict[str, float]:
    """Question id → its value over languages; the mean over ids is the mean over languages."""
    ids, numbers = _matrix(values, [system], measure, languages)
    return dict(zip(ids, numbers[:, 0].tolist(), strict=True))


def _tested(
    systems: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    ids: Sequence[str],
    columns: Sequence[tuple[Column, Floats]],
    groups: Mapping[str, str],
    rounds: int,
    scales: Mapping[str, Scale],
) -> list[Contrast]:
    """The contrasts of all columns that measure the same questions, tested at once."""
    left = [list(systems).index(system) for system, _ in pairs]
    right = [list(systems).index(versus) for _, versus in pairs]
    if not pairs:
        return []
    differences = np.concatenate([values[:, left] - values[:, right] for _, values in columns], axis=1)
    sums, sizes = clustered.cluster_sums(differences, clustered.cluster_numbers(ids, groups))
    low, high = clustered.intervals(sums, sizes, RESAMPLES, SEED)
    numbers = np.stack(
        [
            differences.mean(axis=0),
            low,
            high,
            clustered.t_test(differences),
            clustered.clustered_t_test(sums, sizes),
            clustered.randomisation_test(sums, sizes, rounds, SEED),
        ],
        axis=1,
    ).tolist()
    names = [(system, versus, column) for column, _ in columns for system, versus in pairs]
    tested = []
    for (system, versus, (language, measure)), row in zip(names, numbers, strict=True):
        difference, low, high, p, p_clustered, p_randomisation = row
        tested.append(
            Contrast(
                system=system,
                versus=versus,
                query_language=language,
                measure=measure,
                difference=difference,
                low=low,
                high=high,
                p=p,
                p_clustered=p_clustered,
                p_randomisation=p_randomisation,
                p_holm=None,
                questions=len(ids),
                clusters=len(sizes),
                scale=scales[measure],
            )
        )
    return tested


def _corrected(tested: Sequence[Contrast], primary_measure: str | None) -> list[Contrast]:
    """With `p_holm` for every contrast but the primary one, which is marked."""
    primary = (*PRIMARY, MEAN, primary_measure)
    secondary = [c for c in tested if (c.system, c.versus, c.query_language, c.measure) != primary]
    adjusted = iter(holm([contrast.p_clustered for contrast in secondary]))
    kept = {id(contrast) for contrast in secondary}
    return [
        dataclasses.replace(c, p_holm=next(adjusted)) if id(c) in kept else dataclasses.replace(c, primary=True)
        for c in tested
    ]


def interpretability(
    values: Values,
    systems: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measure: str,
    groups: Mapping[str, str],
    chance: float,
) -> dict[str, Any]:
    """Chance level of a measure, `none`'s 95 % interval, and whether conclusions may be drawn.

    Where `none` lies within its interval of chance (its interval's lower end does not exceed the
    chance level) a difference between systems says nothing of retrieval.
    """
    judged: dict[str, Any] = {"measure": measure, "chance": chance, "at_chance": []}
    if "none" not in systems:
        return {**judged, "interpretable": None, "why": "arm none did not run"}
    for language in languages:
        low, _ = bootstrap_interval(values["none", language][measure], groups)
        if low <= chance:
            judged["at_chance"].append(language)
    of_mean = mean_values(values, "none", measure, mean_languages)
    low, high = bootstrap_interval(of_mean, groups)
    mean = sum(of_mean.values()) / len(of_mean)
    return {**judged, "none": mean, "none_low": low, "none_high": high, "interpretable": low > chance}
