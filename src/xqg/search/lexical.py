"""BM25 over an index's passages and their generated queries, kept in the cache.

Nogueira, Yang, Lin, Cho: *Document Expansion by Query Prediction*, arXiv 1904.08375 (2019): a
passage's text is followed by its generated queries, here those of every language that counts.

A version's BM25 is added up from the postings of its segments and columns (`search/segments.py`): only texts
that no version before had are cut into tokens.
"""

from __future__ import annotations

import time

from xqg.index import StoredIndex
from xqg.search.bm25 import K1, B, Bm25Engine
from xqg.search.cache import Say
from xqg.search.entries import Entry
from xqg.search.ngrams import BIGRAM, FOUR_GRAM
from xqg.search.postings import added
from xqg.search.ranking import Rows
from xqg.search.segments import postings_of

__all__ = ["lexical_engine"]

SLOW = 10  # seconds from which building is told


def lexical_engine(
    index: StoredIndex, languages: tuple[str, ...], ties: Rows, say: Say | None = None
) -> Bm25Engine:
    """BM25 over title, text and the queries of some languages: from the cache, or built and cached.

    Queries that a filter removed are not among them. A folder that cannot be written is no error.

    Args:
        ties: `tie_order` of the index's ids.
        say: told how long building took, where it took long.

    Raises:
        XqgError: the index cannot be read, or has no word to search for.
    """
    settings = {"layout": 2, "languages": list(languages), "ngrams": [BIGRAM, FOUR_GRAM], "k1": K1, "b": B}
    entry = Entry(index, Bm25Engine.name, settings)
    if entry.whole():
        try:
            return Bm25Engine.load(entry.folder, ties, f"{entry.stem}.")
        except ValueError:  # deleted meanwhile
            pass
    start = time.monotonic()
    engine = Bm25Engine.over(added(postings_of(index, languages), len(index)), ties)
    seconds = time.monotonic() - start
    if say is not None and seconds > SLOW:
        say(f"BM25 over {len(index):,} passages built in {seconds:.1f} s")
    entry.store(engine.save)
    return engine
