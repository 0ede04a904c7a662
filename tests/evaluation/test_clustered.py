"""Many contrasts at once give what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.evaluation import clustered
from xqg.evaluation.significance import bootstrap_interval, paired_t_test, randomisation_test


def test_columns_do_not_touch_each_other() -> None:
    random = np.random.default_rng(0)
    values = random.normal(0.2, 1.0, (60, 300))  # more than one block of columns
    ids = [f"q{n}" for n in range(60)]
    groups = {id_: f"c{n % 23}" for n, id_ in enumerate(ids)}
    sums, sizes = clustered.cluster_sums(values, clustered.cluster_numbers(ids, groups))
    low, high = clustered.intervals(sums, sizes, 500, 3)
    t, robust = clustered.t_test(values), clustered.clustered_t_test(sums, sizes)
    drawn = clustered.randomisation_test(sums, sizes, 500, 3)
    for column in (0, 150, 299):
        # The functions of one contrast take ids in sorted order; the clusters are drawn by number.
        a = dict(zip(ids, values[:, column].tolist(), strict=True))
        zero = dict.fromkeys(ids, 0.0)
        assert t[column] == pytest.approx(paired_t_test(a, zero))
        assert robust[column] == pytest.approx(paired_t_test(a, zero, groups))
        alone = bootstrap_interval(a, groups, resamples=4_000, seed=3)
        assert (low[column], high[column]) == pytest.approx(alone, abs=0.15)
        assert drawn[column] == pytest.approx(randomisation_test(a, zero, groups, rounds=20_000), abs=0.1)


def test_sums_and_sizes() -> None:
    numbers = clustered.cluster_numbers(["a", "b", "c"], {"a": "X", "b": "Y", "c": "X"})
    sums, sizes = clustered.cluster_sums(np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 1.0]]), numbers)
    assert (numbers.tolist(), sums.tolist(), sizes.tolist()) == ([0, 1, 0], [[5, 1], [2, 5]], [2, 1])
