"""Significance: the paired t-test and the bootstrap over clusters."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from xqg.errors import XqgError

__all__ = ["bootstrap_interval", "paired_t_test"]

_CHUNK = 4_000_000  # cluster draws held in memory at once: 32 MB


def paired_t_test(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Two-sided p of Student's paired t-test over the questions of both.

    With dᵢ = aᵢ - bᵢ over n questions, mean d̄ and s² = Σ(dᵢ - d̄)² / (n - 1):
    t = d̄ / (s / √n), p = 2·P(T > |t|) with n - 1 degrees of freedom. Identical values give 1.0, a
    difference that is the same everywhere 0.0.

    Raises:
        XqgError: different questions, or fewer than two.
    """
    if a.keys() != b.keys():
        odd = min(a.keys() ^ b.keys())
        raise XqgError(f"question {odd!r} was measured on one side only; compare runs of the same questions")
    if len(a) < 2:
        raise XqgError(f"a t-test of {len(a)} questions says nothing; give two or more")
    from scipy import stats

    difference = np.array([a[id_] - b[id_] for id_ in sorted(a)], dtype=np.float64)
    if not difference.any():
        return 1.0
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    if error == 0.0:
        return 0.0
    return float(2 * stats.t.sf(abs(float(difference.mean())) / error, len(difference) - 1))


def bootstrap_interval(
    values: Mapping[str, float],
    groups: Mapping[str, str],
    resamples: int = 10_000,
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
    clusters: dict[str, list[float]] = {}
    for id_ in sorted(values):  # a fixed order: the same values give the same interval
        if id_ not in groups:
            raise XqgError(f"question {id_!r} has no cluster; give one for every question measured")
        clusters.setdefault(groups[id_], []).append(values[id_])
    sums = np.array([math.fsum(cluster) for cluster in clusters.values()])
    sizes = np.array([len(cluster) for cluster in clusters.values()])
    random = np.random.default_rng(seed)
    means: list[np.ndarray] = []
    step = max(1, _CHUNK // len(sums))
    for start in range(0, resamples, step):
        drawn = random.integers(len(sums), size=(min(step, resamples - start), len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
