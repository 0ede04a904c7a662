"""`R@<k>kt`: 1 where the first k·1,000 tokens of the ranking contain an answer, else 0.

XOR-Retrieve's measure (Asai et al., NAACL 2021), as the authors' `evals/eval_xor_retrieve.py`
computes it: the texts of the ranked passages (no titles) are tokenised by NLTK, joined by single
spaces and cut after k·1,000 tokens, across passage borders; a hit is an answer that, untouched and
case-sensitive, is a substring of that. Answers `yes` and `no` (exactly so) are left out, questions
left with none are not counted. Multiply by 100 for the script's percentages.

Differences from the script: where punkt's data is missing `preserve_line=True` is used (recorded by
`tokenizer_name`); a question that the run lacks counts 0 (the script does not count it); a ranking
too short to fill the tokens is refused (the script takes it as it is); blank answers, which occur in
every text, are left out; the measure is refused for passages that are not English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation.runs import Run
from xqg.passages.records import Question

__all__ = ["EXAMPLES", "Kilotoken", "parse", "token_count", "tokenizer_name"]

EXAMPLES = ("R@2kt",)


@dataclass(frozen=True)
class Kilotoken:
    """See the module; `k` in thousands of tokens."""

    k: int

    @property
    def name(self) -> str:
        """`R@2kt`."""
        return f"R@{self.k}kt"

    def per_question(self, run: Run, questions: Sequence[Question], benchmark: Benchmark) -> dict[str, float]:
        """See `RunMeasure.per_question`.

        Raises:
            XqgError: passages that are not English; a ranking too short while the pool has more.
        """
        if benchmark.passage_languages != ("en",):
            have = ", ".join(benchmark.passage_languages)
            raise XqgError(
                f"{self.name} is defined for English passages, the pool has {have}; use Answer@5 or R@5"
            )
        found: dict[str, float] = {}
        for question in questions:
            answers = [
                answer
                for answer in benchmark.answers(question, benchmark.passages[0])
                if answer.strip() and answer not in ("yes", "no")
            ]
            if not answers:
                continue
            pairs = run.get(question.id, [])
            text = self._text(question, [passage_id for passage_id, _ in pairs], benchmark) if pairs else ""
            found[question.id] = float(any(answer in text for answer in answers))
        return found

    def _text(self, question: Question, passage_ids: list[str], benchmark: Benchmark) -> str:
        """The first k·1,000 tokens of the passages, joined by single spaces."""
        left = self.k * 1000
        parts: list[str] = []
        for passage_id in passage_ids:
            joined, count = _tokens(benchmark.passage_by_id[passage_id].text, punkt_is_installed())
            if count >= left:
                # Tokens hold no white space, so that splitting gives them back.
                return " ".join([*parts, *joined.split(" ")[:left]])
            parts.append(joined)
            left -= count
        if len(passage_ids) < len(benchmark.passages):
            raise XqgError(
                f"the run's {len(passage_ids)} passages for question {question.id!r} hold {self.k * 1000 - left} "
                f"tokens, {self.name} needs {self.k * 1000}; retrieve more passages per question (-k)"
            )
        return " ".join(parts)


@lru_cache(maxsize=100_000)
def _tokens(text: str, sentences: bool) -> tuple[str, int]:
    """Tokens joined by spaces, which is smaller to keep than a list of them, and their number."""
    from nltk.tokenize import word_tokenize

    tokens = word_tokenize(text, preserve_line=not sentences)
    return " ".join(tokens), len(tokens)


@lru_cache(maxsize=1)
def punkt_is_installed() -> bool:
    """Whether NLTK finds the data that splits English sentences; nothing is downloaded."""
    from nltk.tokenize import word_tokenize

    try:
        word_tokenize("One sentence. Another.")
    except LookupError:
        return False
    return True


def token_count(text: str) -> int:
    """How many of the k·1,000 tokens a passage text fills."""
    return _tokens(text, punkt_is_installed())[1]


def tokenizer_name() -> str:
    """The tokeniser of `R@<k>kt` on this machine, for a report's settings."""
    import nltk

    return f"nltk {nltk.__version__} word_tokenize" + ("" if punkt_is_installed() else " preserve_line=True")


def parse(text: str) -> Kilotoken | None:
    """`R@<k>kt` for k of 1 and more.

    Raises:
        XqgError: another number of kilotokens.
    """
    if not re.fullmatch(r"R@\S*kt", text):
        return None
    match = re.fullmatch(r"R@([1-9][0-9]*)kt", text)
    if match is None:
        raise XqgError(
            f"measure {text!r} needs a whole number of thousand tokens of 1 or more, such as R@2kt"
        )
    return Kilotoken(int(match[1]))
