"""How varied sampled queries are: distinct-n (Li et al., NAACL 2016)."""

from __future__ import annotations

from collections.abc import Sequence

import regex

__all__ = ["distinct", "words"]

# Scripts that set no blanks between words: each character counts as a word.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# Marks belong to words: the vowel signs of Bengali and Telugu are marks.
_WORD = regex.compile(rf"(?V1)[{_UNSPACED}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+")


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation; characters where no blanks are set (ja, zh, th)."""
    return _WORD.findall(text.casefold())


def distinct(texts: Sequence[str], n: int) -> float:
    """Different n-grams as a share of all n-grams of the texts, 0 to 1; 0 where there are none.

    It falls with the number of texts: compare equally many. (Li et al. divide by the number of words;
    most who came after them, by that of n-grams, as here.)
    """
    grams = [tuple(found[i : i + n]) for found in map(words, texts) for i in range(len(found) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0
