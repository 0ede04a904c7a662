"""Significance of one contrast, by question id: t-test, randomisation test, bootstrap, Holm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xqg.errors import XqgError
from xqg.evaluation import clustered

__all__ = ["bootstrap_interval", "holm", "paired_t_test", "randomisation_test"]

ROUNDS = 100_000
RESAMPLES = 10_000


def paired_t_test(
    a: Mapping[str, float], b: Mapping[str, float], groups: Mapping[str, str] | None = None
) -> float:
    """Two-sided p of a paired t-test over the questions of both.

    With dᵢ = aᵢ - bᵢ over n questions, mean d̄ and s² = Σ(dᵢ - d̄)² / (n - 1):
    t = d̄ / (s / √n), p = 2·P(T > |t|) with n - 1 degrees of freedom (Student). Identical values give
    1.0, a difference that is the same everywhere 0.0.

    Args:
        groups: question id → cluster, where questions of a cluster (one article) are not
            independent. The test is then cluster-robust: with C clusters of sums S_c and sizes N_c,
            SE² = C/(C-1) · Σ_c (S_c - N_c·d̄)² / n², t = d̄ / SE with C - 1 degrees of freedom (Liang
            and Zeger 1986). With one question per cluster this is Student's test. A single cluster
            gives 1.0.

    Raises:
        XqgError: different questions, fewer than two, or a question without a cluster.
    """
    ids, differences = _differences(a, b, "t-test")
    if groups is None:
        return float(clustered.t_test(differences)[0])
    sums, sizes = clustered.cluster_sums(differences, clustered.cluster_numbers(ids, groups))
    return float(clustered.clustered_t_test(sums, sizes)[0])


def randomisation_test(
    a: Mapping[str, float],
    b: Mapping[str, float],
    groups: Mapping[str, str] | None = None,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> float:
    """Two-sided p of the paired randomisation test: signs of whole clusters are flipped.

    With S_c the sum of the differences in cluster c, p is the share of sign vectors s for which
    |Σ s_c·S_c| is at least the observed |Σ S_c| (Fisher's test; Smucker, Allan and Carterette 2007 for
    retrieval). Exact where all sign vectors can be tried within `rounds`, else p = (b + 1) / (rounds + 1)
    with b of `rounds` random ones (Phipson and Smyth 2010).

    Args:
        groups: question id → cluster; None: every question is a cluster of its own.
        seed: of the random signs; the same seed gives the same p.

    Raises:
        XqgError: different questions, fewer than two, a question without a cluster, or no round.
    """
    if rounds < 1:
        raise XqgError(f"a randomisation test of {rounds} rounds; use 1 or more")
    ids, differences = _differences(a, b, "randomisation test")
    numbers = clustered.cluster_numbers(ids, groups if groups is not None else {id_: id_ for id_ in ids})
    sums, sizes = clustered.cluster_sums(differences, numbers)
    return float(clustered.randomisation_test(sums, sizes, rounds, seed)[0])


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number m, in the given order (Holm 1979, step down).

    With p sorted upwards, the i-th (from 1) becomes max over j ≤ i of min(1, (m - j + 1)·p_j). Those
    below a level are significant with the chance of any false one among the m below that level.

    Raises:
        XqgError: a value that is not a p-value.
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise XqgError(f"{p} is not a p-value; give numbers from 0 to 1")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for position, number in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - position) * p_values[number]))
        adjusted[number] = largest
    return adjusted


def bootstrap_interval(
    values: Mapping[str, float],
    groups: Mapping[str, str],
    resamples: int = RESAMPLES,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of the mean over questions, by resampling clusters.

    Questions of a cluster (one article) are not independent, so whole clusters are drawn. With C
    clusters of sums S_c and sizes N_c, a resample draws C clusters with replacement and takes
    Σ S_c / Σ N_c; the interval runs from the (1 - level)/2 to the (1 + level)/2 quantile (Efron and
    Tibshirani 1993, chapters 8 and 13). For a difference, give the differences per question.

    Args:
        values: question id → value.
        groups: question id → cluster; ids without a value are ignored.
        level: between 0 and 1.

    Raises:
        XqgError: no value, a question without a cluster, no resample, a level outside (0, 1).
    """
    if not values:
        raise XqgError("no value to resample; measure at least one question")
    if resamples < 1 or not 0 < level < 1:
        raise XqgError(f"{resamples} resamples at level {level}; use 1 or more, and a level such as 0.95")
    ids = sorted(values)  # a fixed order: the same values give the same interval
    column = np.array([[values[id_]] for id_ in ids], dtype=np.float64)
    sums, sizes = clustered.cluster_sums(column, clustered.cluster_numbers(ids, groups))
    low, high = clustered.intervals(sums, sizes, resamples, seed, level)
    return float(low[0]), float(high[0])


def _differences(
    a: Mapping[str, float], b: Mapping[str, float], test: str
) -> tuple[list[str], clustered.Floats]:
    """Question ids, sorted, and a - b as one column, shape (questions, 1)."""
    if a.keys() != b.keys():
        odd = min(a.keys() ^ b.keys())
        raise XqgError(f"question {odd!r} was measured on one side only; compare runs of the same questions")
    if len(a) < 2:
        raise XqgError(f"a {test} of {len(a)} questions says nothing; give two or more")
    ids = sorted(a)
    return ids, np.array([[a[id_] - b[id_]] for id_ in ids], dtype=np.float64)
