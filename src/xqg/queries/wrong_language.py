"""How many generated queries are in another language than the one asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xqg.queries.filters.language import told

__all__ = ["verdicts_on", "wrong_language"]


def verdicts_on(texts: Sequence[str], language: str, candidates: Sequence[str]) -> dict[str, bool] | None:
    """Query → whether lingua takes it for the language that it was to be in; False where it cannot tell.

    None where lingua does not know the language, or has none to tell it from.

    Args:
        texts: distinct ones; blank ones are not judged.
        candidates: languages of the passages and targets.
    """
    judged = [text for text in texts if text.strip()]
    languages = told(judged, language, candidates)
    if languages is None:
        return None
    return {text: code == language for text, code in zip(judged, languages, strict=True)}


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
    for language, queries in texts.items():
        judged = [text for text in queries if text.strip()]
        verdicts = verdicts_on(list(dict.fromkeys(judged)), language, candidates)
        if verdicts is not None:
            found[language] = len(judged), sum(not verdicts[text] for text in judged)
    return found
