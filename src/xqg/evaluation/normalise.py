"""SQuAD's answer normalisation (Rajpurkar et al. 2016, evaluate-v1.1.py)."""

from __future__ import annotations

import re
import string

__all__ = ["normalise"]

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalise(text: str) -> str:
    """Lower case, then ASCII punctuation deleted, then a/an/the to a space, then single spaces.

    The order is the script's: "U.S." becomes "us", "A-Team" becomes "ateam". It is used for every
    language, as XQuAD's authors do.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())
