"""One stream: memory and disk of `xqg index` as the corpus grows.

    python benchmarks/stream.py [--sizes 20000,100000,300000] [--generated 256,1024,2048]

Passages and queries are made up as in `scale.py`; the encoder is `mini`. With `--queries` all queries are in a
file, with the mini generator they are written, one a passage and language, as the index is built. Each command is
a process of its own, its memory is the largest resident set. The reference for memory is the smallest size;
for disk it is (1 + L) · 2d bytes a passage and the UTF-8 bytes of the texts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pairs import Row, report
from scale import XQG, corpus, run

TEXTS = ("_id", "title", "text")


def text_bytes(passages: Path, queries: Path | None) -> int:
    """UTF-8 bytes of the texts that an index of these files holds."""
    number = 0
    for path, names in ((passages, TEXTS), (queries, ("text",))):
        if path is not None:
            with path.open(encoding="utf-8") as file:
                number += sum(len(row[name].encode()) for row in map(json.loads, file) for name in names)
    return number


def of_size(size: int, generated: bool, folder: Path) -> tuple[float, float, float]:
    """GB of memory; MB of the dataset, and of the formula with the texts."""
    passages, queries = corpus(size, folder)
    index = folder / f"index-{size}"
    given = ["--generator", "mini", "--languages", "ja,ru", "--per-language", "1"]
    options = given if generated else ["--queries", str(queries)]
    command = ["index", str(passages), "--encoder", "mini", *options, "--no-language-report"]
    memory = run([*XQG, *command, "--out", str(index)])[1]
    facts = json.loads(run([*XQG, "info", str(index), "--json"])[2])
    if generated:
        run([*XQG, "export", str(index), "--to", "trec-queries", "--out", str(folder / f"export-{size}")])
        queries = folder / f"export-{size}" / "queries.jsonl"
    formula = facts["vector_bytes_per_passage"] * size + text_bytes(passages, queries)
    return memory, facts["disk_bytes"]["dataset"] / 1e6, formula / 1e6


def of_source(name: str, sizes: Sequence[int], generated: bool) -> Iterator[Row]:
    """Rows of one source of queries, smallest size first."""
    least = 0.0
    for size in sorted(sizes):
        with tempfile.TemporaryDirectory() as folder:
            memory, disk, formula = of_size(size, generated, Path(folder))
        least = least or memory
        what = f"Stream: {name}, {size:,} passages"
        yield Row(f"{what}: memory", f"{least:.2f} GB", f"{memory:.2f} GB", f"{memory / least:.2f}×")
        yield Row(f"{what}: disk", f"{formula:.1f} MB", f"{disk:.1f} MB", f"{disk / formula:.2f}×")


def rows(
    sizes: Sequence[int] = (20_000, 100_000, 300_000), generated: Sequence[int] = (256, 1_024, 2_048)
) -> Iterator[Row]:
    """Both sources of queries."""
    yield from of_source("queries of a file", sizes, generated=False)
    yield from of_source("the mini generator", generated, generated=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="20000,100000,300000", help="by comma; empty: none")
    parser.add_argument("--generated", default="256,1024,2048", help="the same with the mini generator")
    asked = parser.parse_args()
    sizes, generated = ([int(size) for size in text.split(",") if size] for text in vars(asked).values())
    print(report(list(rows(sizes, generated))))


if __name__ == "__main__":
    main()
