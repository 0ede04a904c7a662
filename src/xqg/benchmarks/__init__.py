"""Benchmarks: pools of passages with questions and relevance judgements, one file each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError

__all__ = ["NAMES", "Benchmark", "load"]

# A new benchmark is a file beside this one, named alike, with `load(data, passage_language)`.
NAMES = ("atlas", "atlas-r", "xquad", "xquad-r", "xor-tydi")
BUILT_IN = ("atlas", "atlas-r")


def load(name: str, *, data: Path | str | None = None, passage_language: str | None = None) -> Benchmark:
    """Load a benchmark by name, or a BEIR folder of one's own by its path.

    Args:
        name: one of `NAMES` (`atlas` and `atlas-r` are built in), or a folder with `corpus.jsonl`,
            `queries.jsonl`, `qrels/`.
        data: the folder that holds the benchmark's files, where it is not built in.
        passage_language: of the pool; `all` makes one pool of every language (xquad, xquad-r,
            atlas-r). None: `all` for xquad-r and atlas-r, else `en`. For a BEIR folder: the language of
            rows that name none.

    Raises:
        XqgError: unknown name, missing or malformed data, data for a benchmark that is built in, a
            passage language that the benchmark has not.
    """
    folder = Path(data) if data is not None else None
    if name in BUILT_IN and folder is not None:
        raise XqgError(f"{name} is built in and reads no files; leave out --data")
    if name == "atlas":
        from xqg.benchmarks import atlas

        if passage_language not in (None, "en"):
            raise XqgError("atlas has English passages only; leave out --passage-language or use xquad")
        return atlas.load()
    if name in NAMES:
        module = import_module(f"xqg.benchmarks.{name.replace('-', '_')}")
        benchmark: Benchmark = (
            module.load(folder) if passage_language is None else module.load(folder, passage_language)
        )
        return benchmark
    if Path(name).is_dir():
        from xqg.benchmarks import beir

        return beir.load(Path(name), passage_language or "en")
    raise XqgError(
        f"unknown benchmark {name!r}: it is neither one of {', '.join(NAMES)} nor a folder with "
        "corpus.jsonl, queries.jsonl and qrels/"
    )


def benchmark(x, *, data=None, passage_language=None):  # type: ignore  # replaced by branch things
    return x if isinstance(x, Benchmark) else load(str(x), data=data, passage_language=passage_language)
