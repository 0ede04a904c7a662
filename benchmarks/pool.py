"""A pool of passages in a TSV file: first use, opening it again, passages by id, all of them; memory and disk.

    python benchmarks/pool.py [--rows 1000000] [--rounds 3] [--against OTHER/src]

The file is made up: 100 words of 2 to 9 letters a passage, quotation marks in every third, ids that count up or
that do not. Every figure is of a process of its own, its memory the largest resident set; what is imported
(pyarrow, and pandas, which pyarrow imports with the first array) is imported before the clock starts. With `--against` another checkout's xqg does the same work in turn.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = ("first use", "open again", "10,000 passages by id", "all passages in turn")


def passage_id(number: int, numbered: bool) -> str:
    """The id of the passage at a place."""
    return str(number) if numbered else f"d{number * 7919 % 10_000_019}"


def write(path: Path, rows: int, numbered: bool) -> None:
    """Make the file."""
    chance = random.Random(0)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(5000)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["id", "text", "title"])
        for number in range(rows):
            text = " ".join(chance.choices(words, k=100))
            text = f'"{text[:40]}" {text[40:]} café 東京' if number % 3 == 0 else text
            writer.writerow([passage_id(number, numbered), text, " ".join(chance.choices(words, k=2)).title()])


def step(name: str, path: Path, rows: int, numbered: bool) -> None:
    """Do one step and print seconds and MB."""
    import numpy
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401

    from xqg.benchmarks.tsv_pool import TsvPool

    chance = numpy.random.default_rng(1)
    ids = [passage_id(int(number), numbered) for number in chance.integers(rows, size=10_000)]
    pool = TsvPool(path, "en")
    if name == STEPS[2]:
        len(pool)
    start = time.perf_counter()
    if name == STEPS[2]:
        done = sum(pool.by_id[id_].id == id_ for id_ in ids) == len(ids)
    elif name == STEPS[3]:
        done = sum(1 for _ in pool) == rows
    else:
        done = len(pool) == rows and pool[rows // 2].language == "en"
    seconds = time.perf_counter() - start
    if not done:
        raise SystemExit(f"{name}: not what was written")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure every step and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", type=Path, help="the folder src of another checkout")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.step:
        name, file, numbered = flags.step
        return step(name, Path(file), flags.rows, numbered == "True")
    sources = [*([flags.against.resolve()] if flags.against else []), Path(__file__).resolve().parents[1] / "src"]
    print("| ids | what | " + " | ".join(f"`{source.parent.name}`" for source in sources) + " |")
    for numbered in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "passages.tsv"
            write(file, flags.rows, numbered)
            results: dict[tuple[str, int], list[tuple[float, float]]] = {}
            for round_ in range(flags.rounds):
                for what in STEPS:
                    for side, source in enumerate(sources):
                        cache = Path(folder) / f"cache-{side}-{round_}"
                        command = [sys.executable, __file__, "--rows", str(flags.rows), "--step", what, file, str(numbered)]
                        out = subprocess.run(
                            command, check=True, capture_output=True, text=True,
                            env={**os.environ, "PYTHONPATH": str(source), "XDG_CACHE_HOME": str(cache)},
                        ).stdout.split()
                        results.setdefault((what, side), []).append((float(out[0]), float(out[1])))
            kind = "count up" if numbered else "do not"
            for what in STEPS:
                cells = []
                for side in range(len(sources)):
                    seconds = [one[0] for one in results[what, side]]
                    memory = max(one[1] for one in results[what, side])
                    cells.append(f"{statistics.median(seconds):.3g} s ({min(seconds):.3g} to {max(seconds):.3g}), {memory:.0f} MB")
                print(f"| {kind} | {what} | " + " | ".join(cells) + " |", flush=True)
            sizes = [
                sum(one.stat().st_size for one in (Path(folder) / f"cache-{side}-0").rglob("*") if one.is_file()) / 1e6
                for side in range(len(sources))
            ]
            sizes_text = " | ".join(f"{size:.0f} MB" for size in sizes)
            print(f"| {kind} | cache on disk; the file: {file.stat().st_size / 1e6:.0f} MB | {sizes_text} |", flush=True)


if __name__ == "__main__":
    main()
