"""`EM-mlqa`, `F1-mlqa`: EM and F1 with MLQA's normalisation of the answer's language.

Lewis et al., ACL 2020, as the authors' `mlqa_evaluation_v1.py` computes them: lower case, then all of
Unicode's punctuation deleted, then the language's articles to a space, then single spaces between
words. Chinese words are segmented: each character from U+4E00 to U+9FA5 is one, what stands between
them is split at white space. The language is that of the passage that the answer was taken from
(the script's `answer_language`). Multiply by 100 for the script's percentages.

The seven languages of MLQA only: a pool with another one is refused. As in the script, "ال" goes
wherever it stands in an Arabic text, inside a word too (its other alternative, `\\sال^`, matches
nothing), and an answer and a gold answer that both normalise to nothing are an exact match of F1 0.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.gold import best_over_gold
from xqg.evaluation.measures.f1 import shared_words
from xqg.passages.records import Question
from xqg.reading.span import Span

__all__ = ["EXAMPLES", "Mlqa", "normalise_mlqa", "parse"]

EXAMPLES = ("EM-mlqa", "F1-mlqa")

_NOTHING = r"(?!)"
_ARTICLES = {
    "ar": "ال",
    "de": r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "en": r"\b(a|an|the)\b",
    "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
    "hi": _NOTHING,
    "vi": r"\b(của|là|cái|chiếc|những)\b",
    "zh": _NOTHING,
}
_HAN = re.compile("([\u4e00-\u9fa5])")


@dataclass(frozen=True)
class Mlqa:
    """See the module; `name` is one of `EXAMPLES`."""

    name: str

    def per_answer(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark
    ) -> dict[str, float]:
        """See `ReaderMeasure.per_answer`.

        Raises:
            XqgError: passages in a language that MLQA lacks.
        """
        other = [code for code in benchmark.passage_languages if code not in _ARTICLES]
        if other:
            raise XqgError(
                f"{self.name} is defined for passages in {', '.join(_ARTICLES)}, the pool has "
                f"{', '.join(other)}; use {self.name.removesuffix('-mlqa')}"
            )
        similarity = _exact_match if self.name == "EM-mlqa" else _f1
        return best_over_gold(similarity, answers, questions, benchmark)


def normalise_mlqa(text: str, language: str) -> str:
    """Words of a text in one of MLQA's languages, joined by single spaces; see the module."""
    bare = "".join(character for character in text.lower() if not _is_punctuation(character))
    bare = re.sub(_ARTICLES[language], " ", bare)
    if language == "zh":
        bare = _HAN.sub(r" \1 ", bare)
    return " ".join(bare.split())


def _is_punctuation(character: str) -> bool:
    # ASCII's has symbols too ("$", "+"), which are no punctuation in Unicode.
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def _exact_match(answer: str, gold: str, language: str) -> float:
    return float(normalise_mlqa(answer, language) == normalise_mlqa(gold, language))


def _f1(answer: str, gold: str, language: str) -> float:
    return shared_words(normalise_mlqa(answer, language).split(), normalise_mlqa(gold, language).split())


def parse(text: str) -> Mlqa | None:
    """`EM-mlqa` or `F1-mlqa`."""
    return Mlqa(text) if text in EXAMPLES else None
