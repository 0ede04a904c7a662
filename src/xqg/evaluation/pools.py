"""Average precision within a language, across languages and over a mix: XQuAD-R's rules as numbers.

One complete ranking of a pool of all languages tells three things of a question in language X:

- **mono**: AP with the passages in X alone,
- **cross**: AP with the passages in Y alone, the mean over the other languages Y,
- **multi**: AP with all passages, where the answer in every language is relevant,

and its **bias**: the worst minus the best rank of the relevant passages (`LanguageBias`). So Elmahdy,
Lin, Ahmad (arXiv 2408.10536) report encoders on XQuAD-R (LAReQA; Roy et al., EMNLP 2020).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.records import Question

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = [
    "COLUMNS",
    "Bm25Rankings",
    "DenseRankings",
    "PoolScores",
    "Pools",
    "Rankings",
    "by_language",
    "mean_scores",
]

Ints = npt.NDArray[np.int64]

COLUMNS = ("mono", "cross", "multi", "bias")  # the fields of PoolScores
BATCH = 256  # questions ranked at once: bounds the memory of questions x passages


@dataclass(frozen=True)
class PoolScores:
    """Of one question, or the means of several; see the module. None: nothing to measure it on.

    Attributes:
        mono, cross, multi: between 0 and 1, higher is better.
        bias: in ranks, lower is better; r parallel passages side by side give r - 1.
    """

    mono: float | None
    cross: float | None
    multi: float | None
    bias: float | None


@dataclass(frozen=True, eq=False)
class Pools:
    """A mixed pool and, in it, the pool of each language: language → its passages' rows."""

    rows: Mapping[str, Ints]
    size: int

    @classmethod
    def of(cls, languages: Sequence[str]) -> Pools:
        """From the language of each passage, in the pool's order."""
        found: dict[str, list[int]] = {}
        for row, code in enumerate(languages):
            found.setdefault(code, []).append(row)
        return cls({code: np.array(rows) for code, rows in sorted(found.items())}, len(languages))

    def scores(self, ranking: Ints, relevant: Sequence[int], language: str) -> PoolScores:
        """The scores of one question.

        Args:
            ranking: rows of the whole pool, best first, shape (passages,).
            relevant: rows of the passages that answer it, of every language; one or more.
            language: of the question.
        """
        places = np.empty(self.size, dtype=np.int64)
        places[ranking] = np.arange(self.size)
        found = {}
        for code, rows in self.rows.items():
            mine = places[np.intersect1d(rows, relevant)]
            if len(mine):
                found[code] = _average_precision(np.searchsorted(np.sort(places[rows]), mine))
        mono, others = found.get(language), [value for code, value in found.items() if code != language]
        mine = places[list(relevant)]
        return PoolScores(
            mono=mono,
            cross=_mean(others),
            multi=_average_precision(mine),
            bias=float(mine.max() - mine.min()) if len(mine) > 1 else None,
        )


def _average_precision(places: Ints) -> float:
    """AP of the relevant passages' places, counted from 0: the mean of the precisions at them."""
    ordered = np.sort(places)
    return float((np.arange(1, len(ordered) + 1) / (ordered + 1)).mean())


class Rankings(Protocol):
    """A way to retrieve: the complete ranking of the pool for each of some questions."""

    @property
    def name(self) -> str:
        """As the table has it."""

    def rank(self, questions: Sequence[Question]) -> Iterator[Ints]:
        """Rows of the whole pool, best first, shape (passages,), for one question after another."""


class DenseRankings:
    """By inner product of an encoder's vectors, exactly; ties by passage id, descending."""

    def __init__(self, benchmark: Benchmark, encoder: Encoder) -> None:
        """Encode the pool."""
        from xqg.search.engines import FlatEngine
        from xqg.search.ranking import tie_order

        self.name = encoder.name
        self._encoder = encoder
        texts = [passage.full_text for passage in benchmark.passages]
        self._engine = FlatEngine.build(encoder.encode_passages(texts))
        self._ties = tie_order([passage.id for passage in benchmark.passages])

    def rank(self, questions: Sequence[Question]) -> Iterator[Ints]:
        """See `Rankings`."""
        from xqg.search.ranking import rank

        vectors = self._encoder.encode_queries([question.text for question in questions])
        for start in range(0, len(vectors), BATCH):
            yield from rank(self._engine, vectors[start : start + BATCH], len(self._ties), self._ties)[1]


class Bm25Rankings:
    """By BM25 over the mixed pool; passages without a token of the question by chance, as baseline `bm25`."""

    name = "bm25"

    def __init__(self, benchmark: Benchmark) -> None:
        """Index the pool."""
        from xqg.search.bm25 import Bm25Engine
        from xqg.search.ranking import tie_order

        ids = [passage.id for passage in benchmark.passages]
        self._engine = Bm25Engine.build((passage.full_text for passage in benchmark.passages), ids)
        self._ties = tie_order(ids)

    def rank(self, questions: Sequence[Question]) -> Iterator[Ints]:
        """See `Rankings`."""
        for question in questions:
            scores = self._engine.scores(question.text)
            seed = random.Random(f"{question.language} {question.id}").getrandbits(64)
            chance = np.random.default_rng(seed).permutation(len(scores))
            yield np.lexsort((np.where(scores > 0, self._ties, chance), -scores))


def by_language(benchmark: Benchmark, rankings: Rankings) -> dict[str, PoolScores]:
    """Question language → the means of its questions' scores.

    Raises:
        XqgError: a pool of one language, which has nothing to cross.
    """
    if len(benchmark.passage_languages) < 2:
        raise XqgError(
            f"{benchmark.name}: its pool is in {benchmark.passage_languages[0]} alone; use xquad-r, xquad or "
            "atlas-r, or a BEIR folder whose passages name several languages"
        )
    pools = Pools.of([passage.language for passage in benchmark.passages])
    rows = {passage.id: row for row, passage in enumerate(benchmark.passages)}
    found = {}
    for language in benchmark.query_languages:
        asked = [one for one in benchmark.questions_in(language) if _relevant(benchmark, one, rows)]
        found[language] = mean_scores(
            [
                pools.scores(ranking, _relevant(benchmark, question, rows), language)
                for question, ranking in zip(asked, rankings.rank(asked), strict=True)
            ]
        )
    return found


def mean_scores(scores: Sequence[PoolScores]) -> PoolScores:
    """The mean of each score over those that have it."""
    columns = ([getattr(one, name) for one in scores] for name in COLUMNS)
    return PoolScores(*(_mean([value for value in column if value is not None]) for column in columns))


def _relevant(benchmark: Benchmark, question: Question, rows: Mapping[str, int]) -> list[int]:
    judged = benchmark.qrels.get(question.id, {})
    return [rows[id_] for id_, grade in judged.items() if grade > 0]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
