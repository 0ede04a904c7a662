"""BM25 over an index's passages and their generated queries, kept in the cache.

Nogueira, Yang, Lin, Cho: *Document Expansion by Query Prediction*, arXiv 1904.08375 (2019): a
passage's text is followed by its generated queries, here those of every language that counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from xqg.index import StoredIndex
from xqg.index.columns import TEXTS, queries_column
from xqg.index.store import read_batches
from xqg.passages import Passage
from xqg.search.bm25 import K1, B, Bm25Engine
from xqg.search.cache import Say
from xqg.search.entries import Entry
from xqg.search.ngrams import BIGRAM, FOUR_GRAM
from xqg.search.ranking import Rows

__all__ = ["lexical_engine"]

SLOW = 10  # seconds from which building is told


def lexical_engine(
    index: StoredIndex, languages: tuple[str, ...], ids: Sequence[str], ties: Rows, say: Say | None = None
) -> Bm25Engine:
    """BM25 over title, text and the queries of some languages: from the cache, or built and cached.

    Queries that a filter removed are not among them. A folder that cannot be written is no error.

    Args:
        ids: of the index's rows.
        ties: `tie_order` of the ids.
        say: told how long building took, where it took long.

    Raises:
        XqgError: the index cannot be read, or has no word to search for.
    """
    settings = {"languages": list(languages), "ngrams": [BIGRAM, FOUR_GRAM], "k1": K1, "b": B}
    entry = Entry(index, Bm25Engine.name, settings)
    if entry.whole():
        try:
            return Bm25Engine.load(entry.folder, ties, f"{entry.stem}.")
        except ValueError:  # deleted meanwhile, or of another bm25s
            pass
    start = time.monotonic()
    engine = Bm25Engine.build(_texts(index, languages), ids)
    seconds = time.monotonic() - start
    if say is not None and seconds > SLOW:
        say(f"BM25 over {len(index):,} passages built in {seconds:.1f} s")
    entry.store(engine.save)
    return engine


def _texts(index: StoredIndex, languages: tuple[str, ...]) -> Iterator[str]:
    """Each passage with its queries, joined as the baseline `doc2query` of a comparison joins them."""
    names = [*TEXTS, *map(queries_column, languages)]
    for batch in read_batches(index.dataset, names, index.path):
        for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
            passage = Passage(*row[: len(TEXTS)])
            yield " ".join([passage.full_text, *(text for texts in row[len(TEXTS) :] for text in texts)])
