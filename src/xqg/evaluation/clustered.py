"""Statistics of many paired differences at once, questions in clusters: arrays in, arrays out.

A column is one contrast: one difference per question. Of a column only two things are needed: with
C clusters, the sum S_c of each cluster's differences, and the number N_c of its questions (the same
in every column). `xqg.evaluation.significance` has the same tests for one contrast, by question id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError

__all__ = [
    "cluster_numbers",
    "cluster_sums",
    "clustered_t_test",
    "intervals",
    "randomisation_test",
    "t_test",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_CHUNK = 4_000_000  # numbers held in memory at once: 32 MB
_COLUMNS = 256  # contrasts whose resampled means are held at once
_NOISE = 1e-9  # sums of values between 0 and 1 that differ by less differ by rounding alone


def cluster_numbers(ids: Sequence[str], groups: Mapping[str, str]) -> Integers:
    """Number of the cluster of each question, from 0 in the order of first occurrence, shape (questions,).

    Raises:
        XqgError: a question without a cluster.
    """
    numbers: dict[str, int] = {}
    found = np.empty(len(ids), dtype=np.int64)
    for row, id_ in enumerate(ids):
        if id_ not in groups:
            raise XqgError(f"question {id_!r} has no cluster; give one for every question measured")
        found[row] = numbers.setdefault(groups[id_], len(numbers))
    return found


def cluster_sums(values: Floats, clusters: Integers) -> tuple[Floats, Integers]:
    """S_c, shape (clusters, columns), and N_c, shape (clusters,).

    Args:
        values: shape (questions, columns).
        clusters: number of each question's cluster, shape (questions,).
    """
    sizes = np.bincount(clusters)
    sums = np.zeros((len(sizes), values.shape[1]))
    np.add.at(sums, clusters, values)
    return sums, sizes


def t_test(values: Floats) -> Floats:
    """Two-sided p of Student's paired t-test for each column of differences, shape (columns,).

    With mean d̄ and s² = Σ(dᵢ - d̄)² / (n - 1): t = d̄ / (s / √n), n - 1 degrees of freedom.

    Args:
        values: shape (questions, columns), two questions or more.
    """
    errors = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return _two_sided(values.mean(axis=0), errors, len(values) - 1)


def clustered_t_test(sums: Floats, sizes: Integers) -> Floats:
    """Two-sided p of the cluster-robust t-test for each column, shape (columns,).

    With N = Σ N_c and d̄ = Σ S_c / N: SE² = C/(C-1) · Σ_c (S_c - N_c·d̄)² / N², t = d̄ / SE with C - 1
    degrees of freedom (the sandwich estimator of Liang and Zeger 1986 for a mean, with the usual
    correction for few clusters; Cameron and Miller 2015, section II). One cluster has nothing to be
    compared with: p is 1.
    """
    count = len(sizes)
    if count < 2:
        return np.ones(sums.shape[1])
    total = sizes.sum()
    means = sums.sum(axis=0) / total
    residuals = sums - sizes[:, None] * means
    errors = np.sqrt(count / (count - 1) * (residuals**2).sum(axis=0)) / total
    return _two_sided(means, errors, count - 1)


def _two_sided(means: Floats, errors: Floats, degrees: int) -> Floats:
    """p of t = mean / error; 1 where the mean is 0, 0 where a difference is the same everywhere."""
    from scipy import stats

    none, constant = np.abs(means) < _NOISE, errors < _NOISE * np.abs(means)
    t = np.abs(means) / np.where(none | constant, 1.0, errors)
    p = 2 * stats.t.sf(t, degrees)
    return np.where(none, 1.0, np.where(constant, 0.0, p))


def randomisation_test(sums: Floats, sizes: Integers, rounds: int, seed: int) -> Floats:
    """Two-sided p of the paired randomisation test for each column, shape (columns,).

    Under the null hypothesis the two sides of a cluster could be exchanged: T = |Σ_c s_c·S_c| with
    signs s_c = ±1. Where all 2^C sign vectors number at most 2·`rounds`, p is the share of them with
    T at least as large as observed (s and -s give the same T, so half of them are tried); else
    p = (b + 1) / (rounds + 1), with b of `rounds` random vectors (Phipson and Smyth 2010). All
    columns see the same signs.
    """
    count = len(sizes)
    reach = _NOISE * np.abs(sums).sum(axis=0)
    observed = np.abs(sums.sum(axis=0)) - reach
    exact = 2 ** (count - 1) <= rounds
    hits = np.zeros(sums.shape[1], dtype=np.int64)
    widest = max(sums.shape)
    blocks = _all_signs(count, widest) if exact else _random_signs(count, rounds, seed, widest)
    for signs in blocks:
        hits += (np.abs(signs @ sums) >= observed).sum(axis=0)
    return hits / 2 ** (count - 1) if exact else (hits + 1) / (rounds + 1)


def _all_signs(count: int, widest: int) -> Iterator[Floats]:
    """Every vector of `count` signs whose last is +, in blocks of shape (vectors, count)."""
    total, step = 2 ** (count - 1), max(1, _CHUNK // widest)
    for start in range(0, total, step):
        numbers = np.arange(start, min(start + step, total))
        bits = numbers[:, None] >> np.arange(count)[None, :] & 1
        yield 1.0 - 2.0 * bits.astype(np.float64)


def _random_signs(count: int, rounds: int, seed: int, widest: int) -> Iterator[Floats]:
    random = np.random.default_rng(seed)
    step = max(1, _CHUNK // widest)
    for start in range(0, rounds, step):
        drawn = random.integers(0, 2, size=(min(step, rounds - start), count), dtype=np.int8)
        yield 1.0 - 2.0 * drawn.astype(np.float64)


def intervals(
    sums: Floats, sizes: Integers, resamples: int, seed: int, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Percentile intervals of the mean over questions, lower and upper ends, each of shape (columns,).

    A resample draws C clusters with replacement and takes Σ S_c / Σ N_c; the interval runs from the
    (1 - level)/2 to the (1 + level)/2 quantile (Efron and Tibshirani 1993, chapters 8 and 13). With
    the matrix of how often each cluster was drawn, the means of all columns are counts·S / counts·N.
    """
    low, high = np.empty(sums.shape[1]), np.empty(sums.shape[1])
    for start in range(0, sums.shape[1], _COLUMNS):
        block = slice(start, start + _COLUMNS)
        means = np.concatenate(
            [counts @ sums[:, block] / (counts @ sizes)[:, None] for counts in _draws(sizes, resamples, seed)]
        )
        low[block], high[block] = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _draws(sizes: Integers, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each resample draws each cluster, in blocks of shape (resamples, clusters)."""
    random = np.random.default_rng(seed)
    count = len(sizes)
    step = max(1, _CHUNK // count)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = random.integers(count, size=(rows, count)) + count * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * count).reshape(rows, count).astype(np.float64)
