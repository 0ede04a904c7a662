"""BM25 over an index's passages and their generated queries, kept in the cache.

Nogueira, Yang, Lin, Cho: *Document Expansion by Query Prediction*, arXiv 1904.08375 (2019): a
passage's text is followed by its generated queries, here those of every language that counts.
"""

from __future__ import annotations

from xqg.index import Index
from xqg.index.columns import TEXTS, queries_column
from xqg.index.store import read_batches
from xqg.passages import Passage
from xqg.search.cache import belongs, digest_of, entry, read_sidecar, store_entry
from xqg.search.engines.bm25 import Bm25Engine
from xqg.search.ranking import Rows

__all__ = ["lexical_engine"]


def lexical_engine(index: Index, languages: tuple[str, ...], ties: Rows) -> Bm25Engine:
    """BM25 over title, text and the queries of some languages: from the cache, or built and cached.

    Args:
        ties: `tie_order` of the index's ids.

    Raises:
        XqgError: the index cannot be read, or has no word to search for.
    """
    expected = {"engine": Bm25Engine.name, "languages": list(languages), "rows": len(index)}
    sidecar = entry(index, Bm25Engine.name, expected)
    folder = sidecar.with_suffix(".bm25")
    found = read_sidecar(sidecar, {**expected, **belongs(index)})
    if found is not None and folder.is_dir() and digest_of(folder) == found.get("sha256"):
        try:
            return Bm25Engine.load(folder, ties)
        except ValueError:
            pass
    engine = Bm25Engine.build(_texts(index, languages), index.ids())
    store_entry(index, sidecar, expected, ".bm25", engine.save)
    return engine


def _texts(index: Index, languages: tuple[str, ...]) -> list[str]:
    names = [*TEXTS, *map(queries_column, languages)]
    found: list[str] = []
    for batch in read_batches(index.dataset, names, index.path):
        columns = [batch.column(name).to_pylist() for name in names]
        for row in zip(*columns, strict=True):
            passage = Passage(*row[: len(TEXTS)])
            queries = [text for texts in row[len(TEXTS) :] for text in texts]
            found.append(" ".join([passage.full_text, *queries]))
    return found
