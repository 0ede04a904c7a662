"""Queries in the language asked for, as lingua tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xqg.passages.detect import can_tell, detect_languages
from xqg.queries.filter import Block, Judgement, QueryFilter

__all__ = ["InLanguage", "taken_for", "told"]


@dataclass(frozen=True)
class InLanguage(QueryFilter):
    """Keep queries that lingua takes for the language asked for, among those of the block.

    A query whose language cannot be told goes. Queries in a language that lingua does not know, or
    without another language to tell it from, cannot be judged: all stay.
    """

    name = example = "language"

    def judge(self, block: Block) -> Judgement:
        """None, or what lingua takes a query for."""
        found: Judgement = {}
        for asked, texts in block.texts.items():
            languages = told(texts, asked, block.languages)
            if languages is None:
                found[asked] = [None] * len(texts)
            else:
                found[asked] = [None if code == asked else taken_for(code) for code in languages]
        return found


def told(texts: Sequence[str], asked: str, candidates: Sequence[str]) -> list[str | None] | None:
    """What lingua takes each text for, among `asked` and the candidates; None: it cannot judge `asked`.

    A candidate that is the same language to lingua (`zh_Hans` for `zh_Hant`) counts as `asked`.
    """
    if not can_tell(asked, candidates):
        return None
    return detect_languages(texts, [asked, *candidates])


def taken_for(language: str | None) -> str:
    """What `told` found, in words."""
    return f"taken for {language}" if language else "language not told"
