"""BM25 over texts, in memory, on `bm25s` (Lù 2024, arXiv 2407.03618)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search.ngrams import ngrams
from xqg.search.ranking import Floats, Rows, tie_order

__all__ = ["K1", "B", "Bm25Engine"]

K1 = 0.9  # with b = 0.4 the defaults of Anserini and Pyserini, which BM25 figures in papers mostly come from
B = 0.4


class Bm25Engine:
    """Lucene's BM25 (Kamphuis et al., ECIR 2020) over character n-grams (`search/ngrams.py`).

    score(q, d) = Σ over tokens t of q:
                  ln(1 + (N - df + ½) / (df + ½)) · tf / (tf + k1·(1 - b + b·|d|/avg))

    with N texts, df of them with t, tf occurrences of t in d, |d| tokens in d and avg on average. A
    token that stands twice in q counts twice. Every text is scored; nothing is approximated.
    """

    name = "bm25"

    def __init__(self, index: Any, ties: Rows) -> None:
        """Use `build`."""
        self._index = index
        self._ties = ties

    @classmethod
    def build(cls, texts: Sequence[str], ids: Sequence[str], k1: float = K1, b: float = B) -> Bm25Engine:
        """An engine over texts, whose ids settle ties.

        Raises:
            XqgError: no text has a letter or digit; k1 < 0; b outside 0..1.
        """
        import bm25s

        if not k1 >= 0 or not 0 <= b <= 1:
            raise XqgError(f"BM25 with k1 = {k1} and b = {b}; k1 must be at least 0, b between 0 and 1")
        tokens = [ngrams(text) for text in texts]
        if not any(tokens):
            raise XqgError("BM25: no passage has a letter or digit to search for; check the passages' texts")
        index = bm25s.BM25(k1=k1, b=b, method="lucene", dtype="float32")
        index.index(tokens, create_empty_token=False, show_progress=False)
        return cls(index, tie_order(ids))

    @classmethod
    def load(cls, folder: Path, ties: Rows) -> Bm25Engine:
        """An engine from a folder that `save` wrote; the big arrays stay on the disk until they are read.

        Raises:
            ValueError: the folder holds none, or one over another number of texts.
        """
        import bm25s

        try:
            index = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
            found = int(index.scores["num_docs"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{folder}: {error}") from None
        if found != len(ties):
            raise ValueError(f"{folder}: over {found} texts")
        return cls(index, ties)

    def save(self, folder: Path) -> None:
        """Write the engine's files into a folder, which is made."""
        self._index.save(str(folder), show_progress=False)

    @property
    def size(self) -> int:
        """Number of texts."""
        return len(self._ties)

    def scores(self, query: str) -> Floats:
        """BM25 of every text, shape (texts,), float32; 0 exactly where a text has no token of the query."""
        known = self._index.get_tokens_ids(ngrams(query))
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return self._index.get_scores_from_ids(known)

    def search(self, query: str, k: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        """The best texts by (score, id) descending, among those that share a token with the query.

        Returns:
            Scores (float32, above 0) and rows, both of shape (found,), found ≤ k. Texts that share
            no token are left out, however many were asked for: BM25 cannot tell them apart.

        Raises:
            XqgError: k < 1.
        """
        if k < 1:
            raise XqgError(f"k is {k}; it must be at least 1")
        scores = self.scores(query)
        matching = np.flatnonzero(scores)
        best = matching[np.lexsort((self._ties[matching], -scores[matching]))[:k]]
        return scores[best], best
