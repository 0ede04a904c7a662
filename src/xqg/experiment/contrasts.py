"""Systems against `none` and `mono` of the same fusion: differences, intervals, p-values.

One contrast is primary, stated before any run (spec §6): `cross` - `mono`, mean over the question
languages other than the passages'. Every other contrast of a setting is secondary, and their p-values
are corrected together (Holm).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.evaluation import clustered
from xqg.evaluation.significance import holm
from xqg.experiment.evaluation import Outcome

__all__ = ["LEVEL", "MEAN", "PRIMARY", "Contrast", "contrasts", "mean_values"]

MEAN = "mean"  # in place of a language: the mean over question languages other than the passages'
LEVEL = 0.05
PRIMARY = ("cross", "mono")
REFERENCES = ("none", "mono")
CONTROLS = (("cross", "shuffled"), ("cross", "chunks"))  # for the mean only
RESAMPLES = 10_000
ROUNDS = {True: 100_000, False: 10_000}  # of the randomisation test: for the mean, for one language
SEED = 0

Floats = npt.NDArray[np.float64]
Column = tuple[str, str]  # language or MEAN, measure


@dataclass(frozen=True)
class Contrast:
    """`arm` - `versus` in one question language, or for `MEAN`, where the unit is the question id.

    Attributes:
        arm: an arm or baseline.
        difference: of the means, with its 95 % interval `low` to `high` (bootstrap over clusters).
        p: paired two-sided t-test over questions, as in the paper.
        p_clustered: the same, robust to questions of a cluster depending on each other.
        p_randomisation: paired randomisation test, two-sided, whole clusters exchanged.
        p_holm: `p_clustered` corrected for all secondary contrasts of the setting; None for the
            primary contrast, which is not corrected.
    """

    arm: str
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

    @property
    def primary(self) -> bool:
        """Whether this is the one contrast that was chosen before the run."""
        return self.p_holm is None

    @property
    def significant(self) -> bool:
        """At 0.05, corrected where the contrast is not the primary one."""
        return (self.p_clustered if self.p_holm is None else self.p_holm) < LEVEL

    def to_dict(self) -> dict[str, Any]:
        """As results.json has it."""
        return {**dataclasses.asdict(self), "primary": self.primary}


def contrasts(
    outcome: Outcome,
    systems: Sequence[str],
    languages: Sequence[str],
    mean_languages: Sequence[str],
    measures: Sequence[str],
    groups: Mapping[str, str],
    primary_measure: str | None,
) -> list[Contrast]:
    """Every system against each reference that ran, per language and for the mean, Holm-corrected.

    Args:
        systems: names, in the order of the table.
        groups: question id → cluster.
        primary_measure: of the primary contrast; None: all are secondary (a variant of the setting).

    Raises:
        XqgError: systems measured on different questions, or a question without a cluster.
    """
    found: list[Contrast] = []
    batches: dict[tuple[bool, tuple[str, ...]], list[tuple[Column, Floats]]] = {}
    for measure in measures:
        for language in (*languages, MEAN):
            over = mean_languages if language == MEAN else (language,)
            ids, values = _matrix(outcome, systems, measure, over)
            if len(ids) > 1:
                batches.setdefault((language == MEAN, ids), []).append(((language, measure), values))
    for (mean, ids), columns in batches.items():
        found += _tested(systems, _pairs(systems, mean), ids, columns, groups, ROUNDS[mean])
    order = {column: n for n, column in enumerate((m, code) for m in measures for code in (*languages, MEAN))}
    found.sort(key=lambda contrast: order[contrast.measure, contrast.query_language])
    return _corrected(found, primary_measure)


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
    outcome: Outcome, systems: Sequence[str], measure: str, languages: Sequence[str]
) -> tuple[tuple[str, ...], Floats]:
    """Question ids, sorted, and values of shape (questions, systems) whose column means are the
    means over `languages` of each language's mean.

    A question id that was asked in every language has the average of its values. Where questions are
    not parallel a language of few questions weighs as much as one of many: with N ids, L languages and
    n_l questions in language l, the value of id q is N/L · Σ_l v_ql / n_l.
    """
    ids = sorted({id_ for code in languages for id_ in outcome.values[systems[0], code][measure]})
    rows = {id_: row for row, id_ in enumerate(ids)}
    total = np.zeros((len(ids), len(systems)))
    for code in languages:
        mine = outcome.values[systems[0], code][measure].keys()
        at = [rows[id_] for id_ in mine]
        for column, system in enumerate(systems):
            values = outcome.values[system, code][measure]
            if values.keys() != mine:
                raise XqgError(f"{system} and {systems[0]} were not measured ({measure}) on the same questions")
            total[at, column] += np.array([values[id_] for id_ in mine]) * (len(ids) / len(mine))
    return tuple(ids), total / len(languages)


def mean_values(outcome: Outcome, system: str, measure: str, languages: Sequence[str]) -> dict[str, float]:
    """Question id → its value over languages; the mean over ids is the mean over languages."""
    ids, values = _matrix(outcome, [system], measure, languages)
    return dict(zip(ids, values[:, 0].tolist(), strict=True))


def _tested(
    systems: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    ids: Sequence[str],
    columns: Sequence[tuple[Column, Floats]],
    groups: Mapping[str, str],
    rounds: int,
) -> list[Contrast]:
    """The contrasts of all columns that measure the same questions, tested at once."""
    left = [systems.index(arm) for arm, _ in pairs]
    right = [systems.index(versus) for _, versus in pairs]
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
    names = [(arm, versus, column) for column, _ in columns for arm, versus in pairs]
    found = []
    for (arm, versus, (language, measure)), row in zip(names, numbers, strict=True):
        difference, low, high, p, p_clustered, p_randomisation = row
        found.append(
            Contrast(
                arm=arm,
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
            )
        )
    return found


def _corrected(found: Sequence[Contrast], primary_measure: str | None) -> list[Contrast]:
    """With `p_holm` for every contrast but the primary one."""
    primary = (*PRIMARY, MEAN, primary_measure)
    secondary = [c for c in found if (c.arm, c.versus, c.query_language, c.measure) != primary]
    adjusted = iter(holm([contrast.p_clustered for contrast in secondary]))
    kept = {id(contrast) for contrast in secondary}
    return [dataclasses.replace(c, p_holm=next(adjusted)) if id(c) in kept else c for c in found]
