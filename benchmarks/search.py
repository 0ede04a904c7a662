"""Searching: raw Faiss on an index's vectors, and xqg over the index.

    python benchmarks/search.py [--passages 100000] [--dimension 384] [--rounds 5]

Passages are made-up texts with made-up vectors in 1,000 clusters. Faiss gets the very vectors that the index
fuses, for an engine that approximates the very graph or lists that xqg has built, and the same threads.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pairs import Row, compare, report

from xqg.index import StoredIndex, build_index
from xqg.passages import Passage
from xqg.search import Searcher

ENGINES = ("Flat", "HNSW32", "IVF1024,Flat", "IVF1024,PQ64")
WORDS = [f"word{number}" for number in range(5_000)]
LANGUAGES = ("ja", "ru")
CLUSTERS = 1_000
SINGLE, BATCH, K = 50, 1_000, 10
LOAD = (
    "import sys; from xqg.encoding import load_encoder; load_encoder(sys.argv[1]).encode_queries(['word1'])"
)
XQG = "from xqg.cli import main; main()"

Vectors = npt.NDArray[np.float32]


class Clustered:
    """Vectors of passages, so that none has to be encoded."""

    def __init__(self, dimension: int) -> None:
        self._rng = np.random.default_rng(0)
        self._centres = self._rng.standard_normal((CLUSTERS, dimension)).astype(np.float32)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """One for each id, at unit length."""
        near = self._centres[self._rng.integers(CLUSTERS, size=len(ids))]
        found = near + 0.5 * self._rng.standard_normal(near.shape).astype(np.float32)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def make_model(folder: Path, dimension: int) -> None:
    """Save a static encoder of made-up words, with random vectors."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    pieces = {piece: number for number, piece in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(0)
    modules = [StaticEmbedding(tokenizer, embedding_dim=dimension), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))


def make_indexes(folder: Path, number: int, dimension: int) -> tuple[StoredIndex, StoredIndex]:
    """A plain index, and one of the same passages with a generated query in each of two languages."""
    from xqg.encoding import load_encoder

    make_model(folder / "model", dimension)
    encoder = load_encoder(str(folder / "model"), device="cpu", dtype="float32")
    drawn = random.Random(0)
    texts = (" ".join(drawn.choices(WORDS, k=60)) for _ in range(number))
    passages = [Passage(f"p{row}", "title", text, "en") for row, text in enumerate(texts)]
    queries = {code: {one.id: [one.text[:60]] for one in passages} for code in LANGUAGES}
    options: dict[str, Any] = {"vectors": Clustered(dimension), "language_report": False}
    plain = build_index(passages, encoder, folder / "plain", **options)
    options["vectors"] = Clustered(dimension)
    return plain, build_index(passages, encoder, folder / "augmented", queries=queries, **options)


def raw_faiss(index: StoredIndex, factory: str) -> Any:
    """Faiss over the vectors: its flat index, or what xqg has built and cached, read by Faiss itself."""
    import faiss

    if factory == "Flat":
        raw = faiss.IndexFlatIP(index.manifest.dimension)
        raw.add(index.fused())
        return raw
    [path] = (index.path / "cache").glob(f"{factory.replace(',', '_')}-*.faiss")
    return faiss.read_index(str(path))


def single(ask: Callable[[Vectors], object], questions: Vectors) -> Callable[[], float]:
    """Questions a second, asked one at a time: the median's."""

    def rate() -> float:
        return 1 / statistics.median(_seconds(ask, questions[row : row + 1]) for row in range(SINGLE))

    return rate


def batch(ask: Callable[[Vectors], object], questions: Vectors) -> Callable[[], float]:
    """Questions a second, asked all at once."""
    return lambda: len(questions) / _seconds(ask, questions)


def _seconds(ask: Callable[[Vectors], object], questions: Vectors) -> float:
    start = time.perf_counter()
    ask(questions)
    return time.perf_counter() - start


def of_engines(index: StoredIndex, questions: Vectors, rounds: int) -> Iterator[Row]:
    """Ranking with each engine: one question at a time, and all at once."""
    for factory in ENGINES:
        searcher = Searcher(index, engine=factory)
        searcher.rank(questions[:1], K)  # builds and caches the engine
        raw = raw_faiss(index, factory)

        def faiss(asked: Vectors, raw: Any = raw) -> object:
            return raw.search(asked, K)

        def ours(asked: Vectors, searcher: Searcher = searcher) -> object:
            return searcher.rank(asked, K)

        for name, way in (("one question", single), (f"{BATCH:,} questions", batch)):
            what = f"Search: {factory}, {name} at a time"
            yield compare(what, "questions/s", way(faiss, questions), way(ours, questions), rounds)


def with_texts(index: StoredIndex, questions: Vectors) -> Row:
    """What ids and texts of the passages found add to one question."""
    searcher = Searcher(index, engine="HNSW32")
    raw = raw_faiss(index, "HNSW32")

    def ours(asked: Vectors) -> None:
        [[hit.passage for hit in found] for found in searcher.search(asked, K)]

    ours(questions[:1])
    pairs = [
        (_seconds(lambda one: raw.search(one, K), one), _seconds(ours, one))
        for one in (questions[row : row + 1] for row in range(2 * SINGLE))
    ]
    return _added(f"Search: HNSW32, one question, ids and texts of {K} passages", pairs, "ms", 1000)


def _added(what: str, pairs: Sequence[tuple[float, float]], unit: str, scale: float) -> Row:
    """Seconds of both sides, and the difference."""
    sides = [f"{scale * statistics.median(side):.2f} {unit}" for side in zip(*pairs, strict=True)]
    more = [scale * (ours - reference) for reference, ours in pairs]
    low, middle, high = np.percentile(more, [10, 50, 90])
    return Row(what, *sides, f"{middle:+.2f} {unit} ({low:+.2f} to {high:+.2f})")


def augmented_and_plain(plain: StoredIndex, augmented: StoredIndex, questions: Vectors, rounds: int) -> Iterator[Row]:
    """The reference is an index without generated queries."""
    first, second = Searcher(plain), Searcher(augmented)
    for name, way in (("one question", single), (f"{BATCH:,} questions", batch)):
        sides = [way(lambda asked, one=one: one.rank(asked, K), questions) for one in (first, second)]
        yield compare(
            f"Search: Flat, an augmented index against a plain one, {name} at a time",
            "questions/s",
            *sides,
            rounds,
        )


def cold(folder: Path, rounds: int) -> Iterator[Row]:
    """Processes: one that only loads the encoder and encodes a question, and `xqg search`."""

    def seconds(*arguments: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", *arguments], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    search = (XQG, "search", str(folder / "augmented"), "word1 word2 word3")
    seconds(*search)
    pairs = [(seconds(LOAD, str(folder / "model")), seconds(*search)) for _ in range(rounds)]
    yield _added("Search: `xqg search` as a process; loading its encoder alone", pairs, "s", 1)
    pairs = [(seconds("pass"), seconds(XQG, "--help")) for _ in range(rounds)]
    yield _added("Search: `xqg --help`; Python alone", pairs, "s", 1)


def rows(rounds: int = 5, passages: int = 100_000, dimension: int = 384) -> list[Row]:
    """Every comparison."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, augmented = make_indexes(folder, passages, dimension)
        questions = Clustered(dimension).vectors(["question"] * BATCH)
        return [
            *of_engines(augmented, questions, rounds),
            with_texts(augmented, questions),
            *augmented_and_plain(plain, augmented, questions, rounds),
            *cold(folder, rounds),
        ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(report(rows(asked.rounds, asked.passages, asked.dimension)))


if __name__ == "__main__":
    main()
