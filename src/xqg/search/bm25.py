"""BM25 over texts: every score is worked out beforehand, so that a question only adds (Lù 2024, arXiv 2407.03618)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xqg.errors import XqgError
from xqg.search.ngrams import ngrams
from xqg.search.postings import Postings
from xqg.search.ranking import Floats, Rows, tie_order

__all__ = ["K1", "B", "Bm25Engine"]

K1 = 0.9  # with b = 0.4 the defaults of Anserini and Pyserini, which BM25 figures in papers mostly come from
B = 0.4
CHUNK = 1 << 22  # entries worked on at once; bounds memory

SCORES, ROWS, STARTS, TOKENS = "data.npy", "indices.npy", "indptr.npy", "vocabulary"


class Bm25Engine:
    """Lucene's BM25 (Kamphuis et al., ECIR 2020) over character n-grams (`search/ngrams.py`).

    score(q, d) = Σ over tokens t of q:
                  ln(1 + (N - df + ½) / (df + ½)) · tf / (tf + k1·(1 - b + b·|d|/avg))

    with N texts, df of them with t, tf occurrences of t in d, |d| tokens in d and avg on average. A
    token that stands twice in q counts twice. Every text is scored; nothing is approximated.

    Each addend is computed in float64 from the logarithm in float32, kept in float32, and added in
    float32 in the order of the question: the scores of the library bm25s (with NumPy 2), bit for bit.
    """

    name = "bm25"

    def __init__(
        self, tokens: list[str], starts: Rows, rows: npt.NDArray[np.int32], scores: Floats, ties: Rows
    ) -> None:
        """Use `build`, `over` or `load`; `scores` are the addends of `rows`, as `Postings` has its entries."""
        self._number = dict(zip(tokens, range(len(tokens)), strict=True))
        self._starts = starts
        self._rows = rows
        self._scores = scores
        self._ties = ties

    @classmethod
    def build(cls, texts: Iterable[str], ids: Sequence[str], k1: float = K1, b: float = B) -> Bm25Engine:
        """An engine over texts, whose ids settle ties.

        Raises:
            XqgError: no text has a letter or digit; k1 < 0; b outside 0..1.
        """
        return cls.over(Postings.of(texts), tie_order(ids), k1, b)

    @classmethod
    def over(cls, postings: Postings, ties: Rows, k1: float = K1, b: float = B) -> Bm25Engine:
        """An engine over the postings of texts.

        Args:
            ties: `tie_order` of the texts' ids.

        Raises:
            XqgError: as `build`.
        """
        if not k1 >= 0 or not 0 <= b <= 1:
            raise XqgError(f"BM25 with k1 = {k1} and b = {b}; k1 must be at least 0, b between 0 and 1")
        if not postings.tokens:
            raise XqgError("BM25: no passage has a letter or digit to search for; check the passages' texts")
        rows = postings.rows.astype(np.int32, copy=False)
        return cls(postings.tokens, postings.starts, rows, _addends(postings, k1, b), ties)

    @classmethod
    def load(cls, folder: Path, ties: Rows, prefix: str = "") -> Bm25Engine:
        """An engine from files that `save` wrote; the big arrays stay in them, mapped into memory.

        Args:
            ties: `tie_order` of the ids.
            prefix: of the files' names.

        Raises:
            ValueError: the files hold none, or one over another number of texts.
        """
        try:
            scores, rows, starts = (
                np.load(folder / f"{prefix}{name}", mmap_mode="r", allow_pickle=False)
                for name in (SCORES, ROWS, STARTS)
            )
            about = json.loads((folder / f"{prefix}{TOKENS}").read_bytes())
            texts, tokens = int(about["texts"]), list(about["tokens"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, RecursionError) as error:
            raise ValueError(f"{folder}: {error}") from None
        if texts != len(ties):
            raise ValueError(f"{folder}: over {texts} texts")
        if len(starts) != len(tokens) + 1 or starts[-1] != len(rows) or len(rows) != len(scores):
            raise ValueError(f"{folder}: files of different engines")
        return cls(tokens, starts, rows, scores, ties)

    def save(self, folder: Path) -> None:
        """Write the engine as files into a folder.

        Raises:
            OSError: they cannot be written.
        """
        for name, array in ((SCORES, self._scores), (ROWS, self._rows), (STARTS, self._starts)):
            np.save(folder / name, array, allow_pickle=False)
        about = {"texts": self.size, "tokens": list(self._number)}
        (folder / TOKENS).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @property
    def size(self) -> int:
        """Number of texts."""
        return len(self._ties)

    def scores(self, query: str) -> Floats:
        """BM25 of every text, shape (texts,), float32; 0 exactly where a text has no token of the query."""
        scores = np.zeros(self.size, dtype=np.float32)
        for token in ngrams(query):
            number = self._number.get(token)
            if number is not None:
                entries = slice(self._starts[number], self._starts[number + 1])
                np.add.at(scores, self._rows[entries], self._scores[entries])
        return scores

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


def _addends(postings: Postings, k1: float, b: float) -> Floats:
    """What each entry adds to its text's score, float32 of shape (entries,); see `Bm25Engine`."""
    lengths = np.zeros(postings.texts)
    for start in range(0, len(postings.rows), CHUNK):
        chunk = slice(start, start + CHUNK)
        lengths += np.bincount(postings.rows[chunk], postings.counts[chunk], postings.texts)
    frequencies = np.diff(postings.starts)
    known, which = np.unique(frequencies, return_inverse=True)
    logs = [log(1 + (postings.texts - df + 0.5) / (df + 0.5)) for df in known.tolist()]
    idf = np.array(logs, np.float32)[which]
    norm = k1 * ((1 - b) + b * lengths / lengths.mean())
    addends = np.repeat(idf, frequencies)
    for start in range(0, len(addends), CHUNK):
        chunk = slice(start, start + CHUNK)
        tf = postings.counts[chunk].astype(np.float64)
        addends[chunk] = addends[chunk] * (tf / (norm[postings.rows[chunk]] + tf))
    return addends
