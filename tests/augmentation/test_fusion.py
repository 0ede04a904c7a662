"""Fusion against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xqg.augmentation import DEFAULT_ALPHA, check_alpha, default_fusion, fuse
from xqg.errors import XqgError

PASSAGES = np.array([[1.0, 2.0], [0.0, -4.0]], dtype=np.float32)
JAPANESE = np.array([[3.0, 0.0], [1.0, 1.0]], dtype=np.float32)
RUSSIAN = np.array([[-1.0, 5.0], [2.0, 0.0]], dtype=np.float32)


def test_raw_by_hand() -> None:
    # 0.75·(1, 2) + 0.25·((3, 0) + (-1, 5)) = (0.75 + 0.5, 1.5 + 1.25)
    # 0.75·(0, -4) + 0.25·((1, 1) + (2, 0)) = (0.75, -3 + 0.25)
    found = fuse(PASSAGES, [JAPANESE, RUSSIAN], 0.25, "raw")
    assert found.dtype == np.float32
    assert found.flags["C_CONTIGUOUS"]
    np.testing.assert_allclose(found, [[1.25, 2.75], [0.75, -2.75]], atol=1e-6)


def test_normalised_by_hand() -> None:
    # 0.5·(1, 2) + 0.5·(3, 0) = (2, 1), of length √5; 0.5·(0, -4) + 0.5·(1, 1) = (0.5, -1.5), of length √2.5
    found = fuse(PASSAGES, [JAPANESE], 0.5, "normalised")
    expected = [[2 / math.sqrt(5), 1 / math.sqrt(5)], [0.5 / math.sqrt(2.5), -1.5 / math.sqrt(2.5)]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_is_a_sum_not_a_mean() -> None:
    once = fuse(PASSAGES, [JAPANESE], 0.01, "raw")
    thrice = fuse(PASSAGES, [3 * JAPANESE], 0.01, "raw")
    np.testing.assert_allclose(thrice - once, 0.02 * JAPANESE, atol=1e-6)


def test_ends_of_alpha() -> None:
    np.testing.assert_array_equal(fuse(PASSAGES, [JAPANESE], 0.0, "raw"), PASSAGES)
    np.testing.assert_array_equal(fuse(PASSAGES, [JAPANESE], 1.0, "raw"), JAPANESE)


def test_without_queries() -> None:
    np.testing.assert_allclose(fuse(PASSAGES, [], 0.25, "raw"), 0.75 * PASSAGES, atol=1e-6)
    unit = fuse(PASSAGES, [], 0.25, "normalised")
    np.testing.assert_allclose(unit, [[1 / math.sqrt(5), 2 / math.sqrt(5)], [0, -1]], atol=1e-6)


def test_zero_vector_stays_zero() -> None:
    zero = np.zeros((1, 2), dtype=np.float32)
    for fusion in ("raw", "normalised"):
        np.testing.assert_array_equal(fuse(zero, [zero], 0.5, fusion), zero)  # type: ignore[arg-type]
    # A passage that its queries cancel out: 0.5·(1, 2) + 0.5·(-1, -2).
    np.testing.assert_array_equal(fuse(PASSAGES[:1], [-PASSAGES[:1]], 0.5, "normalised"), zero)


def test_half_precision_is_added_in_float32() -> None:
    found = fuse(PASSAGES.astype(np.float16), [JAPANESE.astype(np.float16)], 0.01, "raw")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, 0.99 * PASSAGES + 0.01 * JAPANESE, atol=1e-6)


def test_leaves_its_input_alone() -> None:
    passages, queries = PASSAGES.copy(), JAPANESE.copy()
    fuse(passages, [queries], 0.3, "normalised")
    np.testing.assert_array_equal(passages, PASSAGES)
    np.testing.assert_array_equal(queries, JAPANESE)


@pytest.mark.parametrize("alpha", [-0.01, 1.01, math.nan, math.inf, -math.inf])
def test_alpha_out_of_range(alpha: float) -> None:
    with pytest.raises(XqgError, match=r"`alpha` is .* between 0 .* and 1"):
        check_alpha(alpha)
    with pytest.raises(XqgError, match="alpha"):
        fuse(PASSAGES, [JAPANESE], alpha, "raw")


def test_unknown_fusion() -> None:
    with pytest.raises(XqgError, match="unknown fusion 'mean'; use one of raw, normalised"):
        fuse(PASSAGES, [JAPANESE], 0.5, "mean")  # type: ignore[arg-type]


def test_defaults() -> None:
    assert DEFAULT_ALPHA == 0.01
    assert default_fusion("dot") == "raw"
    assert default_fusion("cosine") == "normalised"
