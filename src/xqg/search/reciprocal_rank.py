"""Reciprocal-rank fusion of rankings.

Cormack, Clarke, Büttcher: *Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
Methods*, SIGIR 2009. Scores of different systems need not compare: only ranks enter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xqg.errors import XqgError

__all__ = ["FUSION_DEPTH", "RRF_K", "reciprocal_rank"]

FUSION_DEPTH = 1000  # of the rankings that are fused (at least): that of TREC runs, as the paper fused
RRF_K = 60  # the paper's; fixed there in a pilot and kept


def reciprocal_rank(rankings: Sequence[Sequence[str]], k: int = RRF_K) -> list[tuple[str, float]]:
    """Fuse rankings of passage ids: score(p) = Σ 1 / (k + rank of p), over the rankings that hold p.

    Args:
        rankings: each best first, ranks counted from 1. They need not hold the same passages.
        k: at least 0; the larger, the less the first ranks count.

    Returns:
        Every passage of any ranking with its score, best first. Scores are float32 values, as in a
        run, and equal ones are ordered by id, descending.

    Raises:
        XqgError: k < 0, or a passage twice in one ranking.
    """
    if k < 0:
        raise XqgError(f"reciprocal-rank fusion with k = {k}; it must be at least 0 (the paper has {RRF_K})")
    scores: dict[str, float] = {}
    for ranking in rankings:
        if len(set(ranking)) < len(ranking):
            twice = next(id_ for id_ in ranking if list(ranking).count(id_) > 1)
            raise XqgError(f"passage {twice!r} is ranked twice in a ranking to fuse; keep one")
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1.0 / (k + rank)
    ranked = sorted(((float(np.float32(score)), id_) for id_, score in scores.items()), reverse=True)
    return [(id_, score) for score, id_ in ranked]
