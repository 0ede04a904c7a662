"""Tokens of BM25: character n-grams, by one rule for every language.

Text is normalised (NFKC, case folded, invisible characters dropped) and cut into runs of letters,
marks and digits; the rest separates.

- Scripts that put no space between words (Han, kana, Bopomofo; Thai, Lao, Khmer, Myanmar and the
  others of line breaking class SA in UAX #14), and Hangul, whose words carry their particles:
  overlapping bigrams of user-perceived characters (UAX #29), so that a Thai vowel sign or tone mark
  stays with its consonant. A run of one character is one token. Bigrams are what Lucene's
  CJKAnalyzer takes for Chinese, Japanese and Korean.
- Every other script: overlapping 4-grams of code points within `_word_`, so that a stem is found
  under the endings and prefixes of its language with no stemmer (McNamee and Mayfield 2004,
  *Character N-Gram Tokenization for European Language Text Retrieval*, Information Retrieval 7,
  who find 4 best; theirs span words, these do not). A word of one letter is one token.

No language has to be known, which suits mixed pools and texts that change script.

White space ends a token, and nothing beside it changes what stands on its other side: the tokens of a text
are those of its pieces between white space, one after the other. `search/postings.py` relies on that.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

__all__ = ["BIGRAM", "FOUR_GRAM", "ngrams"]

BIGRAM = 2  # characters in scripts without spaces; see `_bigrams`
FOUR_GRAM = 4  # code points in words
BORDER = "_"  # of a word; no letter, mark or digit

# What most texts consist of needs less work, with the same result: letters and digits that NFKC leaves alone
# and that make one word, and characters that are each perceived as one.
PLAIN_WORD = re.compile("[0-9A-Za-zÀ-ÖØ-öø-ÿЁА-яё]+")
PLAIN_UNSPACED = re.compile("[ぁ-ゖァ-ヺー一-鿿가-힣]+")

# ー (long vowel) and 〆 belong to kana and kanji but count as common to several scripts in Unicode.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー〆\p{Bopomofo}\p{Hangul}\p{Line_Break=SA}"


def ngrams(text: str) -> list[str]:
    """The tokens of a text, in its order, repetitions included; empty where it has no letter or digit."""
    if PLAIN_WORD.fullmatch(text):
        return _four_grams(BORDER + text.casefold() + BORDER)
    runs, characters, invisible = _patterns()
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKC", invisible.sub("", folded))  # folding may undo the composition
    tokens: list[str] = []
    for run in runs.finditer(folded):
        if run["unspaced"]:
            run_text = run["unspaced"]
            alone = PLAIN_UNSPACED.fullmatch(run_text)
            tokens += _bigrams(list(run_text) if alone else characters.findall(run_text))
        else:
            tokens += _four_grams(BORDER + run["word"] + BORDER)
    return tokens


def _bigrams(characters: list[str]) -> list[str]:
    """Overlapping pairs of a run of user-perceived characters; the one character where there is no other."""
    return list(map(add, characters, characters[1:])) or characters


def _four_grams(word: str) -> list[str]:
    """Overlapping windows of a bordered word; the whole word where it is shorter than one."""
    return [word[start : start + FOUR_GRAM] for start in range(max(len(word) - FOUR_GRAM, 0) + 1)]


@lru_cache(maxsize=1)
def _patterns() -> tuple[regex.Pattern[str], regex.Pattern[str], regex.Pattern[str]]:
    """Runs; user-perceived characters; characters that are not seen, such as a soft hyphen."""
    import regex

    unspaced = rf"(?P<unspaced>(?:[{_UNSPACED}]\p{{M}}*)+)"
    word = rf"(?P<word>(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+)"
    return (
        regex.compile(f"{unspaced}|{word}"),
        regex.compile(r"\X"),
        regex.compile(r"\p{Default_Ignorable_Code_Point}"),
    )
