"""Which language texts are in that do not say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from xqg.passages.detect import detect_languages

__all__ = ["languages_of"]

# What data sets for retrieval and question answering come in. Lingua knows 75 languages; to tell all of them apart
# it needs a gigabyte and takes a few English questions in a hundred for Latin or Tagalog.
CANDIDATES = (
    "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nl",
    "pl", "pt", "ro", "ru", "sv", "sw", "te", "th", "tr", "uk", "ur", "vi", "yo", "zh",
)  # fmt: skip
SAMPLE = 1000  # texts that show which languages there are
LEAST = 0.02  # of the sample; rarer ones are taken for slips of the detector
LENGTH = 300  # characters that are enough to tell a passage's language


def languages_of(texts: Iterable[str], given: Iterable[str]) -> list[str]:
    """The language of each text: as given, or where that is empty as detected.

    A sample of the texts shows which languages there are, each with at least 2 % of it; each text is then told apart
    among these. A text that cannot be told is in the commonest language.
    """
    heads, found = [text[:LENGTH] for text in texts], list(given)
    asked = list(dict.fromkeys(head for head, code in zip(heads, found, strict=True) if not code))
    if not asked:
        return found
    detected = _detected(asked)
    return [code or detected[head] for head, code in zip(heads, found, strict=True)]


def _detected(texts: Sequence[str]) -> dict[str, str]:
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    counts = Counter(code for code in detect_languages(sample, CANDIDATES) if code)
    frequent = [code for code, number in counts.most_common() if number >= LEAST * len(sample)] or ["en"]
    if len(frequent) == 1:
        return dict.fromkeys(texts, frequent[0])
    told = detect_languages(texts, frequent)
    return {text: code or frequent[0] for text, code in zip(texts, told, strict=True)}
