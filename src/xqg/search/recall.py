"""How much of what exact search finds an approximate engine finds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xqg.augmentation import unit_length
from xqg.index import StoredIndex
from xqg.search.engine import Engine
from xqg.search.weighting import Weighting

__all__ = ["RECALL_AT", "measured_recall"]

RECALL_AT = 10
ASKED = 200


def measured_recall(
    engine: Engine, vectors: npt.NDArray[np.float32], index: StoredIndex, weighting: Weighting
) -> tuple[float, str]:
    """Mean share of the 10 best by exact search that are among the engine's 10, and who was asked.

    Questions are what an index knows of questions: of 200 passages, evenly spread, the sums of their
    generated queries' vectors at unit length. That is nearer to a user's question than a passage's own
    vector, which an index without queries must take.

    Args:
        vectors: those of the engine, shape (passages, dimension).
    """
    import faiss

    rows = np.unique(np.linspace(0, len(index) - 1, min(ASKED, len(index))).astype(np.int64))
    p, sums = index.parts_of(rows, weighting.languages)
    asked = np.sum(sums, axis=0) if sums else np.zeros_like(p)
    has = np.linalg.norm(asked, axis=1) > 0
    who = f"{int(has.sum())} passages' generated queries"
    if not has.any():
        asked, has, who = p, np.ones(len(p), bool), f"{len(p)} passages as questions"
    questions = unit_length(asked[has])
    k = min(RECALL_AT, len(vectors))
    _, exact = faiss.knn(questions, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    _, found = engine.search(questions, k)
    shared = [len(set(one) & set(other)) for one, other in zip(exact.tolist(), found.tolist(), strict=True)]
    return float(np.mean(shared)) / k, who
