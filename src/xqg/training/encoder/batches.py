"""Which questions and passages stand together in a batch.

In a batch every other question's passages are negatives; so no two examples of a batch share a passage, and none
holds a passage that is known to answer another's question.

*Mixed* batches take each question of each language once an epoch. *Hybrid* batches (arXiv 2408.10536) have one
language of questions and one of passages: the same one with probability β, else two different ones; the languages
are drawn for each batch, evenly over those that have examples. β = 1 is the paper's X-X, β = 0 its X-Y.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData

__all__ = ["Batches", "HybridBatches", "MixedBatches", "Row", "batches"]

TRIES = 50  # draws of a negative before a known positive is given up on


@dataclass(frozen=True, slots=True)
class Row:
    """A question, a passage that answers it, and passages that do not."""

    question: str
    passage: Passage
    negatives: tuple[Passage, ...]
    languages: tuple[str, str]  # of the question and of the passage


@dataclass(frozen=True, slots=True)
class _Entry:
    """An example asked in one language, answered in one."""

    example: Example
    asked: str
    answered: str


class Batches:
    """Batches 0, 1, …; a batch depends on the data, the seed and its number only.

    Args:
        data: the examples; their `negatives`, filled up from the pool at random.
        size: examples in a batch.
        negatives: of each example.
    """

    def __init__(self, data: TrainingData, size: int, negatives: int, seed: int) -> None:
        self.data, self.size, self.negatives, self.seed = data, size, negatives, seed
        self._rows = lru_cache(maxsize=2)(self._make)

    def row(self, number: int) -> Row:
        """Row `number`, counted through all batches."""
        batch, place = divmod(number, self.size)
        return self._rows(batch)[place]

    def entries(self, batch: int) -> list[_Entry]:
        """The examples of a batch."""
        raise NotImplementedError

    def per_epoch(self) -> int:
        """Batches in which each question of each language is asked once; hybrid batches: as many."""
        return max(sum(len(one.questions) for one in self.data.examples) // self.size, 1)

    def positives(self, example: Example) -> frozenset[str]:
        """Ids of the passages known to answer an example."""
        own = frozenset(passage.id for passage in example.passages.values())
        return own | self.data.positives.get(example.id, frozenset())

    def apart(self, entries: Iterator[_Entry]) -> tuple[list[_Entry], list[_Entry]]:
        """The first `size` entries that go together, and those passed over."""
        taken: list[_Entry] = []
        over: list[_Entry] = []
        answers: set[str] = set()
        passages: set[str] = set()
        for entry in entries:
            known, id_ = self.positives(entry.example), entry.example.passages[entry.answered].id
            if id_ in answers or not passages.isdisjoint(known):
                over.append(entry)
                continue
            taken.append(entry)
            answers |= known
            passages.add(id_)
            if len(taken) == self.size:
                break
        return taken, over

    def _make(self, batch: int) -> list[Row]:
        entries = self.entries(batch)
        rng = random.Random(f"{self.seed}:{batch}:negatives")
        known = frozenset().union(*(self.positives(entry.example) for entry in entries))
        return [
            Row(
                entry.example.questions[entry.asked],
                entry.example.passages[entry.answered],
                self._negatives(entry.example, known, rng),
                (entry.asked, entry.answered),
            )
            for entry in entries
        ]

    def _negatives(self, example: Example, known: frozenset[str], rng: random.Random) -> tuple[Passage, ...]:
        given = [passage for passage in example.negatives if passage.id not in known]
        chosen = rng.sample(given, min(self.negatives, len(given)))
        for _ in range(TRIES * self.negatives):
            if len(chosen) == self.negatives:
                break
            drawn = rng.choice(self.data.pool)
            if drawn.id not in known:
                chosen.append(drawn)
        if len(chosen) < self.negatives:
            raise XqgError(
                f"{len(self.data.pool)} passages are too few for {self.negatives} negatives beside a batch of "
                f"{self.size}; lower negatives_each or batch_size"
            )
        return tuple(chosen)


class MixedBatches(Batches):
    """Each question of each language once an epoch; the passage's language is drawn where there are several."""

    def __init__(self, data: TrainingData, size: int, negatives: int, seed: int) -> None:
        super().__init__(data, size, negatives, seed)
        self._epochs = lru_cache(maxsize=1)(self._epoch)

    def entries(self, batch: int) -> list[_Entry]:
        """The examples of a batch."""
        epoch, place = divmod(batch, self.per_epoch())
        return self._epochs(epoch)[place]

    def _epoch(self, epoch: int) -> list[list[_Entry]]:
        rng = random.Random(f"{self.seed}:{epoch}")
        entries = [
            _Entry(example, asked, rng.choice(sorted(example.passages)))
            for example in self.data.examples
            for asked in example.questions
        ]
        rng.shuffle(entries)
        rest, over = iter(entries), list[_Entry]()
        found = []
        for _ in range(self.per_epoch()):
            # What did not fit the batch before comes first in the next one.
            taken, over = self.apart(chain(over, rest))
            if len(taken) < self.size:  # what is left shares its passages; ask something again
                more, _ = self.apart(chain(taken, rng.sample(entries, len(entries))))
                taken = more
            found.append(self._full(taken))
        return found

    def _full(self, taken: list[_Entry]) -> list[_Entry]:
        if len(taken) < self.size:
            raise XqgError(
                f"no {self.size} examples have passages of their own, only {len(taken)}; lower batch_size"
            )
        return taken


class HybridBatches(Batches):
    """One language of questions and one of passages a batch.

    Raises:
        XqgError: no example for β > 0 in one language, or for β < 1 in two.
    """

    def __init__(self, data: TrainingData, size: int, negatives: int, seed: int, beta: float) -> None:
        super().__init__(data, size, negatives, seed)
        self.beta = beta
        self.pairs: dict[tuple[str, str], list[Example]] = {}
        for example in data.examples:
            for asked in example.questions:
                for answered in example.passages:
                    self.pairs.setdefault((asked, answered), []).append(example)
        self.same = sorted(pair for pair in self.pairs if pair[0] == pair[1])
        self.different = sorted(pair for pair in self.pairs if pair[0] != pair[1])
        if beta > 0 and not self.same:
            raise XqgError(f"beta is {beta}: no question has a passage in its own language; set beta: 0 or -1")
        if beta < 1 and not self.different:
            raise XqgError(f"beta is {beta}: no question has a passage in another language; set beta: 1 or -1")

    def entries(self, batch: int) -> list[_Entry]:
        """The examples of a batch."""
        rng = random.Random(f"{self.seed}:{batch}")
        asked, answered = rng.choice(self.same if rng.random() < self.beta else self.different)
        examples = self.pairs[asked, answered]
        drawn = rng.sample(examples, len(examples))
        taken, _ = self.apart(_Entry(example, asked, answered) for example in drawn)
        if len(taken) < self.size:
            raise XqgError(
                f"{len(taken)} examples with questions in {asked} and passages in {answered} go together, fewer "
                f"than a batch of {self.size}; lower batch_size"
            )
        return taken


def batches(data: TrainingData, size: int, negatives: int, seed: int, beta: float) -> Batches:
    """Hybrid batches for β from 0 to 1, mixed ones for a negative β.

    Raises:
        XqgError: as `HybridBatches`.
    """
    if beta < 0:
        return MixedBatches(data, size, negatives, seed)
    return HybridBatches(data, size, negatives, seed, beta)
