"""`make bench`: every comparison of the folder in one table, also into docs/performance.md.

    PYTHONPATH=. python benchmarks/bench.py [--only generation,encoding] [--out docs/performance.md]

Each row is two ways of doing the same work, timed in turn (`pairs.py`); each file that is named has a
function `rows`. `--out` puts a part's table between its markers, and leaves the others as they are.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import pairs

PARTS = ("generation", "encoding", "search", "training")


def main() -> None:
    """Measure, print and write, part by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by comma")
    parser.add_argument("--out", type=Path, help="Markdown file with the markers of each part")
    asked = parser.parse_args()
    for part in asked.only.split(","):
        if part not in PARTS:
            parser.error(f"{part!r} is not one of {', '.join(PARTS)}")
        text = pairs.report(importlib.import_module(part).rows())
        print(text, flush=True)
        if asked.out is not None:
            pairs.publish(asked.out, part, text)


if __name__ == "__main__":
    main()
