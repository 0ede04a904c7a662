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
from typing import ClassVar

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.gold import OfAnswers
from xqg.evaluation.measures.f1 import shared_words
from xqg.evaluation.runs import Run
from xqg.passages.records import Question
from xqg.reading.span import Span

__all__ = ["Mlqa", "normalise_mlqa"]

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
class Mlqa(OfAnswers):
    """See the module; `of` is `EM` or `F1`."""

    form: ClassVar[str] = "EM-mlqa, F1-mlqa"
    examples: ClassVar[tuple[str, ...]] = ("EM-mlqa", "F1-mlqa")
    of: str

    @property
    def name(self) -> str:
        """`EM-mlqa`."""
        return f"{self.of}-mlqa"

    @classmethod
    def parse(cls, text: str) -> Mlqa | None:
        """`EM-mlqa` or `F1-mlqa`."""
        return cls(text.removesuffix("-mlqa")) if text in cls.examples else None

    def similarity(self, answer: str, gold: str, language: str) -> float:
        """Whether the words are equal, or F1 of them."""
        ours, theirs = normalise_mlqa(answer, language), normalise_mlqa(gold, language)
        return float(ours == theirs) if self.of == "EM" else shared_words(ours.split(), theirs.split())

    def obstacle(
        self,
        benchmark: Benchmark,
        languages: Sequence[str],
        *,
        depth: int | None = None,
        runs: Mapping[str, Run] | None = None,
    ) -> str | None:
        """See `Measure.obstacle`: passages in a language that MLQA lacks."""
        return _other_languages(benchmark) or super().obstacle(benchmark, languages, depth=depth, runs=runs)

    def per_question(
        self, answers: Mapping[str, Span], questions: Sequence[Question], benchmark: Benchmark, /
    ) -> dict[str, float]:
        """See `OfAnswers.per_question`.

        Raises:
            XqgError: passages in a language that MLQA lacks.
        """
        if reason := _other_languages(benchmark):
            raise XqgError(f"{self.name} {reason}; use {self.of}")
        return super().per_question(answers, questions, benchmark)


def _other_languages(benchmark: Benchmark) -> str | None:
    other = [code for code in benchmark.passage_languages if code not in _ARTICLES]
    if not other:
        return None
    return f"is defined for passages in {', '.join(_ARTICLES)}, the pool has {', '.join(other)}"


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
