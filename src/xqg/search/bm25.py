"""BM25 over texts, in memory, on `bm25s` (Lù 2024, arXiv 2407.03618)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xqg.errors import XqgError
from xqg.search.ngrams import ngrams
from xqg.search.ranking import Floats, Rows, tie_order

__all__ = ["K1", "B", "Bm25Engine"]

K1 = 0.9  # with b = 0.4 the defaults of Anserini and Pyserini, which BM25 figures in papers mostly come from
B = 0.4

FILES = {
    "data_name": "data.npy",
    "indices_name": "indices.npy",
    "indptr_name": "indptr.npy",
    "vocab_name": "vocabulary",
    "params_name": "parameters",
}  # of bm25s, named so that none is taken for another


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
    def build(cls, texts: Iterable[str], ids: Sequence[str], k1: float = K1, b: float = B) -> Bm25Engine:
        """An engine over texts, whose ids settle ties.

        Raises:
            XqgError: no text has a letter or digit; k1 < 0; b outside 0..1.
        """
        import bm25s

        if not k1 >= 0 or not 0 <= b <= 1:
            raise XqgError(f"BM25 with k1 = {k1} and b = {b}; k1 must be at least 0, b between 0 and 1")
        vocabulary: dict[str, int] = {}
        # Numbers of four bytes: the n-grams themselves would take 30 times the text.
        tokens = [
            array("i", [vocabulary.setdefault(token, len(vocabulary)) for token in ngrams(text)])
            for text in texts
        ]
        if not vocabulary:
            raise XqgError("BM25: no passage has a letter or digit to search for; check the passages' texts")
        index = bm25s.BM25(k1=k1, b=b, method="lucene", dtype="float32")
        index.index((tokens, vocabulary), create_empty_token=False, show_progress=False)
        return cls(index, tie_order(ids))

    @classmethod
    def load(cls, folder: Path, ties: Rows, prefix: str = "") -> Bm25Engine:
        """An engine from files that `save` wrote; the big arrays stay in them, mapped into memory.

        Args:
            ties: `tie_order` of the ids.
            prefix: of the files' names.

        Raises:
            ValueError: the files hold none, or one over another number of texts.
        """
        import bm25s

        names = {name: prefix + file for name, file in FILES.items()}
        try:
            index = bm25s.BM25.load(folder, mmap=True, allow_pickle=False, show_progress=False, **names)
            found = int(index.scores["num_docs"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"{folder}: {error}") from None
        if found != len(ties):
            raise ValueError(f"{folder}: over {found} texts")
        return cls(index, ties)

    def save(self, folder: Path) -> None:
        """Write the engine as files into a folder.

        Raises:
            OSError: they cannot be written.
        """
        self._index.save(folder, allow_pickle=False, show_progress=False, **FILES)

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

    def search(self, query: str, k: int, among: Rows | None = None) -> tuple[Floats, Rows]:
        """The best texts by (score, id) descending, among those that share a token with the query.

        Args:
            among: the only rows that are ranked, each once; None: all. N, df and avg stay those of all.

        Returns:
            Scores (float32, above 0) and rows, both of shape (found,), found ≤ k. Texts that share
            no token are left out, however many were asked for: BM25 cannot tell them apart.

        Raises:
            XqgError: k < 1.
        """
        if k < 1:
            raise XqgError(f"k is {k}; it must be at least 1")
        scores = self.scores(query)
        matching = np.flatnonzero(scores) if among is None else among[scores[among] > 0]
        if len(matching) > k:  # sort those only that may be among the k best
            least = np.partition(scores[matching], -k)[-k]
            matching = matching[scores[matching] >= least]
        best = matching[np.lexsort((self._ties[matching], -scores[matching]))[:k]]
        return scores[best], best
