"""What BM25 costs in the life of an index: first search, and the first one after each kind of change.

    python benchmarks/bm25.py [--sizes 10000,100000] [--against SRC] [--folder FOLDER] [--out docs/performance.md]

Passages are made up: 60 words and a title, drawn by Zipf's law from 500,000 made-up ones of one to four
syllables, two queries of 8 such words in Russian letters and two of 20 Japanese characters, which have no spaces
between words. Vectors are
random and small, since BM25 does not read them. The changes: 1 % of the passages added, 1 % removed,
the removal undone, one query each in Finnish added. BM25 is made over all languages after each, in a process of
its own, whose largest resident set is told. With `--against`, the folder `src` of another checkout is timed on a
copy of the same index, in turn with this one, in the first steps only (`AGAINST`). The table goes to stdout, and into `--out` between its markers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pairs
from scale import run

SEED = 0
WORDS = 500_000
LATIN, CYRILLIC = ("bcdfghklmnprstvz", "aeiou", "lnrst"), ("бвгджзклмнпрстфч", "аеиоу", "йлнрт")
CHARACTERS = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x4E00, 0x5600))))
DIMENSION = 8
AGAINST = ("first", "again, from the cache", "1 % added")  # what made BM25 anew for every version took as long each time
# BM25 as `state.State` asks for it, whatever the arguments are in the checkout that is timed.
MAKE = """
import json, sys, time
from xqg.index import StoredIndex
from xqg.search.state import State
state = State(StoredIndex.open(sys.argv[1]), "Flat")
state.ids, state.ties
start, before = time.perf_counter(), time.process_time()
state.lexical(state.index.languages)
print(json.dumps([time.perf_counter() - start, time.process_time() - before]))
"""


class RandomEncoder:
    """Vectors that mean nothing."""

    name = fingerprint = "random"
    dimension, similarity, languages = DIMENSION, "dot", ("en",)
    passage_length = query_length = 64

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """float32, shape (texts, dimension)."""
        return np.random.default_rng(SEED).standard_normal((len(texts), DIMENSION)).astype(np.float32)

    encode_passages = encode_queries


class Texts:
    """Texts of made-up words, each drawn about as often as words of its rank are in books."""

    def __init__(self, letters: tuple[str, str, str], seed: int) -> None:
        """`letters` begin a syllable, are in it and end it."""
        self._rng = np.random.default_rng(seed)
        first, middle, last = letters
        syllables = [a + b + c for a in first for b in middle for c in ("", *last)]
        numbers = self._rng.integers(0, len(syllables), 4 * WORDS)
        lengths = self._rng.integers(1, 5, WORDS)
        ends = np.cumsum(lengths)
        self._words = [
            "".join(syllables[number] for number in numbers[end - length : end])
            for end, length in zip(ends, lengths, strict=True)
        ]
        self._shares = np.cumsum(1 / (np.arange(WORDS) + 2.7))

    def __call__(self, words: int) -> str:
        """A text of so many words."""
        ranks = np.searchsorted(self._shares, self._rng.random(words) * self._shares[-1])
        return " ".join(self._words[rank] for rank in ranks)


def japanese(seed: int) -> Callable[[], str]:
    """Questions without spaces."""
    rng = np.random.default_rng(seed)
    return lambda: "".join(CHARACTERS[one] for one in rng.integers(0, len(CHARACTERS), 20))


def build(size: int, path: Path) -> None:
    """An index of `size` passages."""
    from xqg.index import GivenQueries, build_index
    from xqg.passages import Passage

    english, russian, ja = Texts(LATIN, 1), Texts(CYRILLIC, 2), japanese(3)
    passages = [Passage(f"p{n}", english(1), english(60), "en") for n in range(size)]
    queries = {
        "ja": {one.id: [ja(), ja()] for one in passages},
        "ru": {one.id: [russian(8), russian(8)] for one in passages},
    }
    build_index(passages, RandomEncoder(), path, queries=GivenQueries(queries))


def changes(size: int) -> Iterator[tuple[str, Callable[[Path], object]]]:
    """What is done to the index, in order."""
    from xqg.index import GivenQueries, StoredIndex
    from xqg.index.add import add_passages
    from xqg.index.compact import compact_index
    from xqg.index.history import restore_index
    from xqg.index.languages import add_languages
    from xqg.index.remove import remove_passages
    from xqg.passages import Passage

    english, russian, ja = Texts(LATIN, 4), Texts(CYRILLIC, 5), japanese(6)
    new = [Passage(f"n{n}", english(1), english(60), "en") for n in range(size // 100)]
    queries = {"ja": {one.id: [ja()] for one in new}, "ru": {one.id: [russian(8)] for one in new}}
    yield "first", lambda path: None
    yield "again, from the cache", lambda path: None
    yield "1 % added", lambda path: add_passages(path, new, RandomEncoder(), queries=GivenQueries(queries))
    yield "1 % removed", lambda path: remove_passages(path, [f"p{n}" for n in range(0, size, 100)])
    yield "the removal undone", lambda path: restore_index(path, StoredIndex.open(path).version - 1)
    finnish = {"fi": {id_: [english(8)] for id_ in (f"p{n}" for n in range(size))}}
    yield "a language added", lambda path: add_languages(path, RandomEncoder(), GivenQueries(finnish))
    yield "compacted", lambda path: compact_index(path, keep=1)


def made(path: Path, source: Path | None) -> str:
    """Processor time (and seconds) to make BM25, memory of the process, size of the cache.

    `source` is the folder `src` of another checkout.
    """
    if source is not None:
        os.environ["PYTHONPATH"] = str(source)
    _, memory, text = run([sys.executable, "-c", MAKE, str(path)])
    cache = sum(file.stat().st_size for file in (path / "cache").rglob("*") if file.is_file())
    seconds, worked = json.loads(text)
    return f"{worked:.1f} s ({seconds:.1f} s), {memory:.2f} GB, {cache / 1e6:.0f} MB"


def life(size: int, folder: Path, sources: dict[str, Path | None]) -> Iterator[tuple[str, str]]:
    """Name and figure of each step at one size."""
    paths = {name: folder / f"index {name}" for name in sources}
    first, *others = paths.values()
    build(size, first)
    for path in others:
        shutil.copytree(first, path)
    for step, change in changes(size):
        for name, source in sources.items():
            if name == "before" and step not in AGAINST:
                continue
            change(paths[name])
            yield f"{step}: {name}", made(paths[name], source)
    for path in paths.values():
        shutil.rmtree(path)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--against", type=Path, help="the folder src of another checkout")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--out", type=Path, help="Markdown file with the two markers")
    asked = parser.parse_args()
    here = Path(__file__).resolve().parents[1] / "src"
    sources = {"xqg": here} if asked.against is None else {"before": asked.against, "now": here}
    sizes = [int(size) for size in asked.sizes.split(",")]
    columns: list[dict[str, str]] = []
    for size in sizes:
        columns.append({})
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            for name, figure in life(size, Path(folder), sources):
                print(f"{size:>9,}  {name}: {figure}", file=sys.stderr, flush=True)
                columns[-1][name] = figure
    lines = ["| passages | " + " | ".join(f"{size:,}" for size in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for name in columns[0]:
        lines.append(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")
    text = "\n".join([*lines, "", f"Measured on {pairs.machine()} Each figure once."])
    print(text)
    if asked.out is not None:
        pairs.publish(asked.out, "bm25", text)


if __name__ == "__main__":
    main()
