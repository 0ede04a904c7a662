"""Fusion: one vector for a passage and its generated queries (Zhuang, Shou, Zuccon 2023, eq. 2).

`v = (1-α)·p + α·Σ q`, a **sum** over the queries as in the authors' code (a mean with the same α
is K times weaker). *raw* leaves v as it is, *normalised* divides it by its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.vectors import unit_length

__all__ = ["DEFAULT_ALPHA", "FUSIONS", "Fusion", "check_alpha", "default_fusion", "fuse", "unit_length"]

Fusion = Literal["raw", "normalised"]
FUSIONS: tuple[Fusion, ...] = ("raw", "normalised")
DEFAULT_ALPHA = 0.01  # the paper's
_BLOCK = 1024  # passages fused at a time


def fuse(
    passages: npt.NDArray[np.floating],
    sums: Sequence[npt.NDArray[np.floating]],
    alpha: float,
    fusion: Fusion,
) -> npt.NDArray[np.float32]:
    """Fuse passage vectors with the sums of their generated queries' vectors, in float32.

    Args:
        passages: shape (passages, dimension), as the encoder emits them.
        sums: one array of the same shape for each language, added in the order given (floating
            point addition is not associative: callers keep languages sorted, so that re-weighting
            equals rebuilding to the last bit). Empty: the result is (1-α)·p, or p / ‖p‖.
        alpha: weight of the queries, 0 ≤ α ≤ 1.
        fusion: `raw`: v; `normalised`: v / ‖v‖ (a zero vector stays zero).

    Returns:
        float32 array of shape (passages, dimension), contiguous.

    Raises:
        XqgError: α outside [0, 1] or an unknown fusion.
    """
    check_alpha(alpha)
    if fusion not in FUSIONS:
        raise XqgError(f"unknown fusion {fusion!r}; use one of {', '.join(FUSIONS)}")
    fused = np.empty(np.shape(passages), dtype=np.float32)
    for start in range(0, len(fused), _BLOCK):  # or the steps in between would each need as much memory
        rows = slice(start, start + _BLOCK)
        vectors = np.float32(1.0 - alpha) * np.asarray(passages[rows], dtype=np.float32)
        if len(sums):
            total = np.zeros_like(vectors)
            for language_sum in sums:
                total += np.asarray(language_sum[rows], dtype=np.float32)
            vectors += np.float32(alpha) * total
        fused[rows] = unit_length(vectors) if fusion == "normalised" else vectors
    return fused


def check_alpha(alpha: Any) -> float:
    """Return α, or raise XqgError where it is not a number in [0, 1]."""
    if isinstance(alpha, bool) or not isinstance(alpha, Real):
        raise XqgError(f"`alpha` is {alpha!r}; give a number from 0 to 1")
    alpha = float(alpha)
    if not 0.0 <= alpha <= 1.0:  # NaN fails this comparison too
        raise XqgError(f"`alpha` is {alpha}; it must lie between 0 (passage only) and 1 (queries only)")
    return alpha


def default_fusion(similarity: str) -> Fusion:
    """`raw` for encoders compared by dot product, `normalised` for cosine ones."""
    return "raw" if similarity == "dot" else "normalised"
