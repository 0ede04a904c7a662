"""The life of an index before and after a change of the code: both source trees in turn, on one machine.

    python benchmarks/life.py --before OLD/src --after NEW/src [--passages 100000] [--more 1000] [--rounds 3] [--dimension 384]

In each round each tree builds an index of the same files, opens it and searches, adds more passages (1 %), searches
again, adds a language and verifies; step by step in turn, each step in a process of its own, the other tree first
in every second round. Only the public `xqg.Index` is called, so that any two trees can be compared. Passages (20
words), and one query for each in each of three languages and of the language that is added, are made up; the
encoder draws a vector of each text by its hash, which takes no time to speak of. Seconds are those of the step, without
starting Python and importing libraries (several seconds, which would hide how long an index takes to open); memory is
the largest resident set of the process. A ratio is the median over rounds of after / before, with the smallest and the
largest. What is made lies in a temporary folder (TMPDIR, or `--folder`), at most two indexes at a time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pairs

LANGUAGES, ADDED = ("fi", "ja", "ru"), "th"
SIDES = ("before", "after")
OPENS = 3  # times that an index is opened in a round: it takes little time, which varies much
QUESTIONS = 21  # the first has all to load, the median of the others is that of a search
DRAWN = 1024  # vectors of each of three tables: a text's is the sum of one of each
LIBRARIES = ("faiss", "lance", "sentence_transformers")  # imported before any step
NAMES = {
    "build": "`Index.build`, queries from a file, 3 languages",
    "open": "`Index.open`",
    "first": "first search, Flat, prepared before",
    "next": "next search, 10 passages with their texts",
    "add": "`add` of {more:,} passages, queries from a file",
    "again": "first search after `add`",
    "add_language": "`add_language`, queries from a file",
    "verify": "`verify`",
}


class DrawnVectors:
    """An encoder whose vectors are drawn, the same for the same text."""

    similarity = "cosine"

    def __init__(self, dimension: int) -> None:
        self.name = f"drawn-{dimension}"
        self.dimension = dimension
        shape = (3, DRAWN, dimension)
        self._tables = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Any:
        """Vectors of texts, float32, shape (texts, dimension)."""
        hashes = np.fromiter((zlib.crc32(text.encode()) for text in texts), dtype=np.int64, count=len(texts))
        vectors = self._tables[0][hashes % DRAWN]
        vectors += self._tables[1][hashes // DRAWN % DRAWN]
        vectors += self._tables[2][hashes // DRAWN**2 % DRAWN]
        return vectors

    encode_passages = encode_queries


# The steps, in a process of either tree


def build(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """An index of all passages, its Flat engine prepared."""
    import xqg

    settings: Any = {"encoder": encoder, "queries": files / "queries.jsonl", "language_report": False}
    return timed("build", lambda: xqg.Index.build(index, files / "passages.jsonl", progress=False, **settings))


def search(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """Open it and ask."""
    import xqg

    start = time.perf_counter()
    opened = xqg.Index.open(index, encoder=encoder)
    times = [time.perf_counter() - start]
    for number in range(QUESTIONS):
        start = time.perf_counter()
        found = [hit.passage.text for hit in opened.search(f"question {number}", k=10)]
        times.append(time.perf_counter() - start)
        if len(found) != 10:
            raise SystemExit(f"{index}: {len(found)} hits")
    return {"open": times[0], "first": times[1], "next": statistics.median(times[2:])}


def again(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """The search that finds the index changed."""
    found = search(index, files, encoder)
    return {"again": found["open"] + found["first"]}


def add(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """The other passages."""
    import xqg

    opened = xqg.Index.open(index, encoder=encoder)
    more = files / "more.jsonl", files / "more-queries.jsonl"
    return timed("add", lambda: opened.add(more[0], queries=more[1], progress=False))


def add_language(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """One language more for every passage."""
    import xqg

    opened = xqg.Index.open(index, encoder=encoder)
    queries = files / "added.jsonl"
    return timed("add_language", lambda: opened.add_language(ADDED, queries=queries, progress=False))


def verify(index: Path, files: Path, encoder: DrawnVectors) -> dict[str, float]:
    """Every byte, which must be well."""
    import xqg

    opened = xqg.Index.open(index, encoder=encoder)
    reports = []
    seconds = timed("verify", lambda: reports.append(opened.verify(progress=False)))
    if not reports[0].ok:
        raise SystemExit(f"{index}: damaged\n{reports[0]}")
    return seconds


STEPS: dict[str, Callable[[Path, Path, DrawnVectors], dict[str, float]]] = {
    "build": build,
    "search": search,
    "add": add,
    "again": again,
    "add_language": add_language,
    "verify": verify,
}


def timed(name: str, work: Callable[[], object]) -> dict[str, float]:
    """The seconds of some work."""
    start = time.perf_counter()
    work()
    return {name: time.perf_counter() - start}


def child(step: str, source: Path, index: Path, files: Path, dimension: int) -> None:
    """Do a step with the tree that PYTHONPATH names, and print its seconds as JSON."""
    import xqg

    if not Path(str(xqg.__file__)).resolve().is_relative_to(source.resolve()):
        raise SystemExit(f"{source}: xqg was imported from {xqg.__file__}")
    for library in LIBRARIES:
        importlib.import_module(library)
    print(json.dumps(STEPS[step](index, files, DrawnVectors(dimension))))


# Both trees in turn


def run(step: str, source: Path, index: Path, files: Path, dimension: int) -> tuple[dict[str, float], float]:
    """Seconds by name, and the largest resident set in MB, of a step in a process of its own."""
    here = str(Path(__file__).resolve().parent)
    arguments = (step, str(source), str(index), str(files), str(dimension))
    code = "import sys, pathlib, life; a = sys.argv[1:]; life.child(a[0], *map(pathlib.Path, a[1:4]), int(a[4]))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), here])}
    with tempfile.TemporaryFile() as output:
        command = [sys.executable, "-c", code, *arguments]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL if step == "build" else None, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        raise SystemExit(f"{step} of {source}: exit code {process.returncode}\n{text}")
    return json.loads(text.splitlines()[-1]), usage.ru_maxrss / (1e3 if sys.platform == "linux" else 1e6)


class Figures:
    """Seconds and memory of every step: name → side → one figure a round (of `search`: `OPENS` a round)."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.memory: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def take(self, side: str, seconds: dict[str, float], memory: float) -> None:
        """Note what a step gave."""
        for name, value in seconds.items():
            self.seconds[name][side].append(value)
            self.memory[name][side].append(memory)
            print(f"{side:>6}  {name:12}  {value:9.3f} s  {memory:7.0f} MB", file=sys.stderr, flush=True)

    def table(self, more: int) -> str:
        """Markdown; `more` is how many passages were added."""
        lines = ["| step | before | after | after / before (smallest to largest) | memory before | after |"]
        lines.append("|---|---:|---:|---:|---:|---:|")
        for name, title in NAMES.items():
            before, after = (self.seconds[name][side] for side in SIDES)
            ratios = [new / old for old, new in zip(before, after, strict=True)]
            spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            figures = [f"{statistics.median(side):.3g} s" for side in (before, after)]
            memory = [f"{max(self.memory[name][side]):,.0f} MB" for side in SIDES]
            lines.append(f"| {' | '.join([title.format(more=more), *figures, spread, *memory])} |")
        return "\n".join(lines)


def measure(sources: dict[str, Path], folder: Path, passages: int, more: int, rounds: int, dimension: int) -> str:
    """The table of some rounds."""
    corpus(folder, passages, more)
    figures = Figures()
    for number in range(rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        for step in STEPS:
            for _ in range(OPENS if step == "search" else 1):
                for side in order:
                    figures.take(side, *run(step, sources[side], folder / side, folder, dimension))
        for side in SIDES:
            shutil.rmtree(folder / side)
    return figures.table(more)


def corpus(folder: Path, passages: int, more: int) -> None:
    """Files of passages and queries, and of those that are added."""
    draw = random.Random(0)
    known = ["".join(draw.choices("abcdefghijklmnoprstuvy", k=draw.randint(3, 9))) for _ in range(5000)]
    added = folder / "added.jsonl"
    with added.open("w", encoding="utf-8") as last:
        for names, numbers in (
            (("passages.jsonl", "queries.jsonl"), range(passages)),
            (("more.jsonl", "more-queries.jsonl"), range(passages, passages + more)),
        ):
            with (folder / names[0]).open("w", encoding="utf-8") as own, (folder / names[1]).open("w", encoding="utf-8") as queries:
                for number in numbers:
                    text = " ".join(draw.choices(known, k=20))
                    own.write(json.dumps({"_id": f"p{number}", "title": known[number % 5000], "text": text}) + "\n")
                    for language in (*LANGUAGES, ADDED):
                        row = {"passage_id": f"p{number}", "language": language, "text": " ".join(draw.choices(known, k=6))}
                        (last if language == ADDED else queries).write(json.dumps(row) + "\n")


def check_space(folder: Path, passages: int, dimension: int) -> None:
    """Refuse what the disk has no room for: two indexes, each with its parts, a column more, its engine, and the texts."""
    parts = (1 + len(LANGUAGES) + 1) * 2 * dimension
    engine = 2 * 4 * dimension  # of the version before too
    texts = 1500
    needed = passages * (2 * (parts + engine + texts) + texts)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SystemExit(f"{folder}: {free / 1e9:.0f} GB are free, {needed / 1e9:.0f} GB may be needed; give --folder")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, help="the folder `src` of one tree")
    parser.add_argument("--after", type=Path, required=True, help="of the other")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--more", type=int, help="passages that are added; 1 % by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    asked = parser.parse_args()
    sources = {"before": asked.before, "after": asked.after}
    for source in sources.values():
        if not (source / "xqg" / "__init__.py").is_file():
            parser.error(f"{source} holds no package xqg")
    with tempfile.TemporaryDirectory(prefix="xqg-life-", dir=asked.folder) as folder:
        more = asked.more or max(1, asked.passages // 100)
        check_space(Path(folder), asked.passages + more, asked.dimension)
        table = measure(sources, Path(folder), asked.passages, more, asked.rounds, asked.dimension)
    print(f"{asked.passages:,} passages, {asked.dimension} dimensions, {asked.rounds} rounds\n\n{table}\n\n{pairs.machine()}")


if __name__ == "__main__":
    main()
