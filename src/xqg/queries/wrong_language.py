"""How many generated queries are in another language than the one asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.queries.filters.language import told

__all__ = ["wrong_language"]


def wrong_language(
    texts: Mapping[str, Sequence[str]], candidates: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """Language → queries that lingua judged, and those that it takes for another language or cannot tell.

    Short questions full of names are hard to tell, so a few wrong ones say little. Blank texts are
    not judged. Languages that lingua does not know, or that it has none to tell from, are left out.

    Args:
        texts: language asked for → queries.
        candidates: languages of the passages and targets.
    """
    found = {}
    for asked, mine in texts.items():
        languages = told([text for text in mine if text.strip()], asked, candidates)
        if languages is not None:
            found[asked] = len(languages), len(languages) - languages.count(asked)
    return found
