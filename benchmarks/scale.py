"""How an index grows: time, memory and disk of its life at 10,000, 100,000 and 1,000,000 passages.

    python benchmarks/scale.py [--sizes 10000,100000,1000000] [--folder FOLDER] [--out docs/performance.md]

Passages and queries are made up (words of the atlas benchmark, drawn at random with a fixed seed: a
passage has 60 words, and two queries of 8 words in each of two languages); the encoder is `mini`, so
that the figures are those of the index and not of a large model. Every step is a process of its own,
as a user would start it: its time includes starting Python and loading the encoder, its memory is the
largest resident set of the process. The table goes to stdout, and into `--out` between its markers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pairs

SEED = 0
LANGUAGES = ("ja", "ru")
PER_LANGUAGE = 2
XQG = [sys.executable, "-c", "from xqg.cli import main; main()"]
# Of an index in memory, so that the model's loading does not count: medians over single questions.
ASK = """
import json, sys, time
import numpy as np
from xqg.index import StoredIndex
from xqg.search import Searcher
start = time.perf_counter()
index = StoredIndex.open(sys.argv[1])
opened = time.perf_counter() - start
searcher = Searcher(index, engine=sys.argv[2])
rng = np.random.default_rng(0)
questions = rng.standard_normal((220, index.manifest.dimension)).astype(np.float32)
start = time.perf_counter()
searcher.rank(questions[:1], 10)
first = time.perf_counter() - start
times = []
for question in questions[20:]:
    start = time.perf_counter()
    hits = searcher.search(question[None], 10)[0]
    [hit.passage for hit in hits]
    times.append(time.perf_counter() - start)
print(json.dumps({"open": opened, "first": first, "each": sorted(times)[len(times) // 2]}))
"""


def words() -> list[str]:
    """Words to make texts of."""
    from xqg import benchmarks

    found = {word for passage in benchmarks.load("atlas").passages for word in passage.text.split()}
    return sorted(found)


def corpus(size: int, folder: Path) -> tuple[Path, Path]:
    """Files of passages and of their generated queries."""
    draw = random.Random(SEED)
    known = words()
    passages, queries = folder / f"passages-{size}.jsonl", folder / f"queries-{size}.jsonl"
    with passages.open("w", encoding="utf-8") as first, queries.open("w", encoding="utf-8") as second:
        for number in range(size):
            text = " ".join(draw.choices(known, k=60))
            row = {"_id": f"p{number}", "title": known[number % len(known)], "text": text, "year": 1900 + number % 125}
            first.write(json.dumps(row, ensure_ascii=False) + "\n")
            for language in LANGUAGES:
                for _ in range(PER_LANGUAGE):
                    query = " ".join(draw.choices(known, k=8))
                    line = {"passage_id": f"p{number}", "language": language, "text": query}
                    second.write(json.dumps(line, ensure_ascii=False) + "\n")
    return passages, queries


def run(command: list[str]) -> tuple[float, float, str]:
    """Seconds, largest resident set in GB, and stdout of a process."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{text}")
    return seconds, usage.ru_maxrss * 1024 / 1e9, text


def life(size: int, folder: Path) -> Iterator[tuple[str, str]]:
    """Name and figure of each step at one size."""
    passages, queries = corpus(size, folder)
    index = folder / f"index-{size}"
    build = ["index", str(passages), "--encoder", "mini", "--queries", str(queries), "--out", str(index)]
    seconds, memory, _ = run([*XQG, *build])
    yield "`xqg index`", f"{seconds:.0f} s, {memory:.1f} GB"
    facts = json.loads(run([*XQG, "info", str(index), "--json"])[2])
    disk, text = facts["disk_bytes"]["dataset"] / 1e9, passages.stat().st_size / 1e9
    formula = facts["vector_bytes_per_passage"] * size / 1e9
    yield "dataset on disk (vectors by formula; texts of the input)", f"{disk:.2f} GB ({formula:.2f}; {text:.2f})"
    for engine in ("Flat", "HNSW32"):
        _, memory, text_out = run([sys.executable, "-c", ASK, str(index), engine])
        built = json.loads(text_out)
        _, _, text_out = run([sys.executable, "-c", ASK, str(index), engine])
        asked = json.loads(text_out)
        yield f"{engine}: build and cache", f"{built['first']:.1f} s, {memory:.1f} GB"
        yield f"{engine}: open again and search once", f"{asked['open'] + asked['first']:.2f} s"
        yield f"{engine}: one more question, 10 passages with texts", f"{1000 * asked['each']:.1f} ms"
    seconds, memory, _ = run([*XQG, "search", str(index), "river treaty", "--where", "year >= 2000"])
    yield '`xqg search --where "year >= 2000"`, cold', f"{seconds:.1f} s, {memory:.1f} GB"
    yield from changes(size, folder, index)
    shutil.rmtree(index)
    passages.unlink()
    queries.unlink()


def changes(size: int, folder: Path, index: Path) -> Iterator[tuple[str, str]]:
    """Changing the index and checking it."""
    more = folder / "more.jsonl"
    with more.open("w", encoding="utf-8") as file:
        for number in range(1000):
            file.write(json.dumps({"_id": f"n{number}", "text": f"A new passage, number {number}."}) + "\n")
    ids = folder / "ids.txt"
    ids.write_text("".join(f"p{number}\n" for number in range(0, size, max(1, size // 1000))), encoding="utf-8")
    for name, command in {
        "`xqg add`, 1,000 passages": ["add", str(index), str(more), "--no-queries"],
        "`xqg remove`, 1,000 passages spread over all": ["remove", str(index), "--ids-from", str(ids)],
        "`xqg reweight`": ["reweight", str(index), "--alpha", "0.05"],
        "`xqg compact`": ["compact", str(index)],
        "`xqg verify`": ["verify", str(index)],
    }.items():
        seconds, memory, _ = run([*XQG, *command])
        yield name, f"{seconds:.1f} s, {memory:.1f} GB"


def table(sizes: list[int], folder: Path) -> str:
    """The figures as Markdown."""
    columns: list[dict[str, str]] = []
    for size in sizes:
        column: dict[str, str] = {}
        for name, figure in life(size, folder):
            print(f"{size:>9,}  {name}: {figure}", file=sys.stderr, flush=True)
            column[name] = figure
        columns.append(column)
    lines = ["| passages | " + " | ".join(f"{size:,}" for size in sizes) + " |"]
    lines.append("|---|" + "---:|" * len(sizes))
    for name in columns[0]:
        lines.append(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")
    return "\n".join([*lines, "", f"Measured on {pairs.machine()} Each figure once."])


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--out", type=Path, help="Markdown file with the two markers")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        text = table(sizes, Path(folder))
    print(text)
    if asked.out is not None:
        pairs.publish(asked.out, "scale", text)


if __name__ == "__main__":
    main()
