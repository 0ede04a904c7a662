"""Hard negatives: passages that a search ranks high for a question and that do not answer it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.texts import normalised

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]

__all__ = ["mine_negatives"]

BATCH = 1024  # questions that are compared with the pool at once

# The rows of one question's best passages, best first: (number, how many, among which rows; None: all).
Search = Callable[[int, int, "Rows | None"], "Rows"]


def mine_negatives(
    data: TrainingData,
    how: str,
    each: int,
    depth: int,
    seed: int,
    model: str = "",
    device: str | None = None,
) -> TrainingData:
    """The data with `each` hard negatives for every example, in place of those that it has.

    The question is asked in one of its languages, drawn by a hash of seed and id; for BM25 one in which the pool has
    passages, where there is one, since it finds little across scripts. All passages known to answer it are left out,
    and those of the same text. From the best `depth` of the others the languages of the pool take turns, each with
    its best one, the language of the very best first. Where these are all of one language, the best of each other
    language come in too, so that a language is no sign of a wrong passage. Where nothing is found, passages are drawn
    at random.

    Args:
        how: `bm25`, or `model`: exact products of an encoder's vectors.
        each: 0: none.
        model, device: the encoder, as `xqg.encoding.load_encoder` takes them.

    Raises:
        XqgError: another `how`, no pool, an encoder that cannot be loaded.
    """
    if how not in ("bm25", "model"):
        raise XqgError(f"negatives: {how!r} mines nothing; use bm25 or model")
    if not data.pool:
        raise XqgError("negatives: the training data has no passages to mine from; set negatives: given")
    miner = _Miner(data, seed, each, depth)
    asked = [miner.question(example, in_pool=how == "bm25") for example in data.examples]
    if how == "bm25":
        search = _bm25(data.pool, asked)
    else:
        most = max((miner.spare(miner.right(example)) for example in data.examples), default=0)
        search = _dense(data.pool, asked, depth + most, model, device)
    return replace(
        data,
        examples=[
            replace(example, negatives=miner.negatives(number, example, search))
            for number, example in enumerate(data.examples)
        ],
    )


class _Miner:
    """What is known of the pool, and which of a search's results are taken."""

    def __init__(self, data: TrainingData, seed: int, each: int, depth: int) -> None:
        self.pool, self.positives = data.pool, data.positives
        self.seed, self.each, self.depth = seed, each, depth
        texts: dict[str, int] = {}
        # Passages of one text have one number.
        self.text_of = np.array([texts.setdefault(normalised(one.text), len(texts)) for one in data.pool])
        self.texts, self.copies = texts, np.bincount(self.text_of)
        self.text_of_id = {one.id: int(text) for one, text in zip(data.pool, self.text_of, strict=True)}
        codes = np.array([passage.language for passage in data.pool])
        self.rows_in = {str(code): np.flatnonzero(codes == code) for code in sorted(set(codes.tolist()))}

    def question(self, example: Example, in_pool: bool) -> str:
        """The question in one of its languages; `in_pool`: if it can be, one in which there are passages."""
        codes = sorted(example.questions)
        codes = [code for code in codes if in_pool and code in self.rows_in] or codes
        drawn = hashlib.sha256(f"{self.seed}:{example.id}".encode()).digest()
        return example.questions[codes[int.from_bytes(drawn[:8], "big") % len(codes)]]

    def negatives(self, number: int, example: Example, search: Search) -> tuple[Passage, ...]:
        """At most `each`; fewer where the pool has no more that do not answer the question."""
        if not self.each:
            return ()
        right = self.right(example)
        by_language = self._candidates(number, right, search)
        rng = random.Random(f"{self.seed}:{example.id}")
        if not by_language:
            by_language = self._any(right, rng, tuple(self.rows_in))
        if len(by_language) == 1 < len(self.rows_in):
            others = tuple(code for code in self.rows_in if code not in by_language)
            deeper = {code: self._best(number, right, search, self.rows_in[code]) for code in others}
            found = {code: rows for code, rows in deeper.items() if rows}
            by_language |= found or self._any(right, rng, others)
        return tuple(self.pool[row] for row in _in_turn(list(by_language.values()), self.each))

    def spare(self, right: Rows) -> int:
        """How many passages may answer a question: so many more must be looked at."""
        return int(self.copies[right].sum())

    def right(self, example: Example) -> Rows:
        """Sorted numbers of the texts that answer the question."""
        ids = self.positives.get(example.id, frozenset())
        texts = {self.text_of_id[id_] for id_ in ids if id_ in self.text_of_id}
        own = (self.texts.get(normalised(passage.text)) for passage in example.passages.values())
        return np.array(sorted(texts | {text for text in own if text is not None}), dtype=np.int64)

    def _candidates(self, number: int, right: Rows, search: Search) -> dict[str, list[int]]:
        """Language → rows, best first, of the best `depth` that do not answer; the best one's language first."""
        found: dict[str, list[int]] = {}
        for row in self._best(number, right, search, None):
            found.setdefault(self.pool[row].language, []).append(row)
        return found

    def _best(self, number: int, right: Rows, search: Search, among: Rows | None) -> list[int]:
        size = len(self.pool) if among is None else len(among)
        wanted = self.depth if among is None else self.each
        rows = search(number, min(size, wanted + self.spare(right)), among)
        return [int(row) for row in rows[~np.isin(self.text_of[rows], right)][:wanted]]

    def _any(self, right: Rows, rng: random.Random, languages: Sequence[str]) -> dict[str, list[int]]:
        """Random passages that do not answer, `each` of a language at most."""
        found: dict[str, list[int]] = {}
        for code in rng.sample(languages, len(languages)):
            rows = self.rows_in[code]
            wrong = rows[~np.isin(self.text_of[rows], right)]
            if len(wrong):
                found[code] = [
                    int(wrong[n]) for n in rng.sample(range(len(wrong)), min(self.each, len(wrong)))
                ]
        return found


def _in_turn(lists: Sequence[Sequence[int]], most: int) -> Iterator[int]:
    """The first of each list, the second of each, …: at most `most`."""
    depth = max(map(len, lists), default=0)
    rows = [one[place] for place in range(depth) for one in lists if place < len(one)]
    return iter(rows[:most])


def _bm25(pool: Sequence[Passage], asked: Sequence[str]) -> Search:
    from xqg.search.bm25 import Bm25Engine

    engine = Bm25Engine.build((passage.full_text for passage in pool), [passage.id for passage in pool])
    return lambda number, k, among: engine.search(asked[number], k, among)[1]


def _dense(
    pool: Sequence[Passage], asked: Sequence[str], most: int, model: str, device: str | None
) -> Search:
    """`most` is the greatest number of passages that a question's ranking of the whole pool is asked for."""
    from xqg.encoding import load_encoder
    from xqg.search.engines import FlatEngine
    from xqg.search.ranking import rank, tie_order

    encoder = load_encoder(model, device=device)
    passages = encoder.encode_passages([passage.full_text for passage in pool])
    questions = encoder.encode_queries(list(asked))
    if encoder.similarity == "cosine":
        passages = passages / np.maximum(np.linalg.norm(passages, axis=1, keepdims=True), 1e-12)
    engine, ties = FlatEngine.build(passages), tie_order([passage.id for passage in pool])

    @lru_cache(maxsize=1)  # the examples are gone through in order
    def ranked(block: int) -> Rows:
        return rank(engine, questions[block * BATCH : (block + 1) * BATCH], most, ties)[1]

    def search(number: int, k: int, among: Rows | None) -> Rows:
        if among is None:
            return ranked(number // BATCH)[number % BATCH, :k]
        return rank(engine, questions[number : number + 1], k, ties, among)[1][0]

    return search
