"""Exports of an index to the formats of other programs; a new format is a new file and its name here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from xqg.errors import XqgError
from xqg.index.export import beir, faiss_flat, npy, trec_queries
from xqg.index.export.request import Request
from xqg.index.index import StoredIndex
from xqg.index.partial import check_absent, partial_folder

__all__ = ["FORMATS", "export_index"]

# Each writes into a folder that is there and says in a few words what it wrote.
FORMATS: dict[str, Callable[[StoredIndex, Path, Request], str]] = {
    "npy": npy.write,
    "faiss": faiss_flat.write,
    "beir": beir.write,
    "trec-queries": trec_queries.write,
}


def export_index(
    index: StoredIndex,
    out: Path | str,
    to: str,
    *,
    alpha: float | None = None,
    languages: Sequence[str] | None = None,
) -> str:
    """Write what an index holds into a new folder, whole or not at all.

    Args:
        to: one of `FORMATS`.
        alpha: in place of the stored default, for formats of vectors.
        languages: whose generated queries count (vectors; default: the stored weighting's) or are
            written (texts; default: all).

    Returns:
        What was written, in a few words.

    Raises:
        XqgError: an unknown format, `out` not usable, a language without stored queries, α outside
            [0, 1] or where there are no vectors, a text that the format cannot hold.
    """
    out = Path(out)
    write = FORMATS.get(to)
    if write is None:
        raise XqgError(f"unknown format {to!r}; use one of {', '.join(FORMATS)}")
    request = Request(alpha, None if languages is None else index.resolve(languages))
    request.check(to)
    check_absent(out)
    with partial_folder(out) as folder:
        return write(index, folder, request)
