"""Exports of an index to the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xqg.index.export.formats import FORMATS
from xqg.index.export.request import Request
from xqg.index.index import StoredIndex
from xqg.kept import check_absent, partial_folder

__all__ = ["FORMATS", "export_index"]


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
    to_write = FORMATS[to]
    request = Request(alpha, None if languages is None else index.resolve(languages))
    to_write.check(to, request)
    check_absent(out)
    index.check_data(again=True)  # what is exported has no checksums any more
    with partial_folder(out) as folder:
        return to_write.write(index, folder, request)
