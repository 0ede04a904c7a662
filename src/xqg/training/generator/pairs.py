"""(question, passage) pairs: which are kept for choosing, and in which order the others are trained on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example

__all__ = ["Pair", "PairSampler", "by_language", "pairs_of", "rank", "split_groups"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and the passage that answers it, in one language or several."""

    question: str
    language: str
    passages: tuple[Passage, ...]


def pairs_of(examples: Iterable[Example]) -> list[Pair]:
    """A pair for each language of each example's question."""
    return [
        Pair(question, language, tuple(example.passages.values()))
        for example in examples
        for language, question in example.questions.items()
    ]


def by_language(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """Language of the question → its pairs, languages in the order of their codes."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.language, []).append(pair)
    return dict(sorted(found.items()))


def split_groups(examples: Sequence[Example], share: float) -> tuple[list[Example], list[Example]]:
    """(to train on, for choosing): whole articles or entities, chosen by a hash of their names.

    An example of no known group goes by its passage. The same groups are taken whatever the seed.

    Raises:
        XqgError: there is one group only.
    """
    if not share:
        return list(examples), []
    groups = sorted({_group(example) for example in examples}, key=lambda name: rank(f"dev:{name}"))
    if len(groups) < 2:
        raise XqgError(
            "dev_share: all pairs are about one article or entity, which cannot be split; set dev_share: 0"
        )
    kept = set(groups[: min(max(1, round(share * len(groups))), len(groups) - 1)])
    return (
        [example for example in examples if _group(example) not in kept],
        [example for example in examples if _group(example) in kept],
    )


def _group(example: Example) -> str:
    return example.group or min(passage.id for passage in example.passages.values())


def rank(text: str) -> str:
    """What things are chosen by that must not depend on their order or on a seed: SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class PairSampler:
    """Which pair and passage are the n-th row of a training; it depends on (pairs, seed, n) only.

    Args:
        mix: `even`: the languages take turns, so that every batch has equal parts of each (to within one
            pair), and the pairs of scarce languages come round more often; `data`: as often as they are there.
    """

    def __init__(self, pairs: Sequence[Pair], mix: str, seed: int) -> None:
        self.seed = seed
        self.parts = list(by_language(pairs).values()) if mix == "even" else [list(pairs)]
        self._order = lru_cache(maxsize=2 * len(self.parts))(self._shuffled)

    def __getitem__(self, number: int) -> tuple[Pair, Passage]:
        turn, which = divmod(number, len(self.parts))
        part = self.parts[which]
        epoch, place = divmod(turn, len(part))
        pair = part[self._order(which, epoch)[place]]
        # Of parallel passages another one each time.
        return pair, random.Random(f"{self.seed}:{number}:passage").choice(pair.passages)

    def _shuffled(self, which: int, epoch: int) -> list[int]:
        order = list(range(len(self.parts[which])))
        random.Random(f"{self.seed}:{which}:{epoch}").shuffle(order)
        return order
