"""Benchmarks: pools of passages with questions and relevance judgements."""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks.benchmark import Benchmark
from xqg.benchmarks.named import BENCHMARKS
from xqg.errors import XqgError

__all__ = ["BENCHMARKS", "Benchmark", "benchmark", "load"]


def load(name: str, *, data: Path | str | None = None, passage_language: str | None = None) -> Benchmark:
    """Load a benchmark by name, or a BEIR folder of one's own by its path.

    Args:
        name: one of `BENCHMARKS` (`atlas` and `atlas-r` are built in), or a folder with `corpus.jsonl`,
            `queries.jsonl`, `qrels/`.
        data: the folder that holds the benchmark's files, where it is not built in.
        passage_language: of the pool; `all` makes one pool of every language (xquad, xquad-r,
            atlas-r). None: `all` for xquad-r and atlas-r, else `en`. For a BEIR folder: the language of
            rows that name none.

    Raises:
        XqgError: unknown name, missing or malformed data, data for a benchmark that is built in, a
            passage language that the benchmark has not.
    """
    if name in BENCHMARKS:
        return BENCHMARKS[name](Path(data) if data is not None else None, passage_language)
    if Path(name).is_dir():
        from xqg.benchmarks import beir

        return beir.load(Path(name), passage_language or "en")
    raise XqgError(
        f"unknown benchmark {name!r}: it is neither one of {', '.join(BENCHMARKS)} nor a folder with "
        "corpus.jsonl, queries.jsonl and qrels/"
    )


def benchmark(
    benchmark: str | Path | Benchmark, *, data: Path | str | None = None, passage_language: str | None = None
) -> Benchmark:
    """A benchmark of a name, of a BEIR folder of one's own, or itself.

        >>> xqg.benchmark("atlas-r", passage_language="fi")
        atlas-r: 962 passages (fi), 5,104 questions in 8 languages

    Args:
        benchmark: a name or a folder (see `load`), or a `Benchmark` that somebody made.
        data, passage_language: see `load`; not for one that somebody made.

    Raises:
        XqgError: as `load`; nothing of these.
    """
    if isinstance(benchmark, str | Path):
        return load(str(benchmark), data=data, passage_language=passage_language)
    if not isinstance(benchmark, Benchmark):
        raise XqgError(f"`benchmark` is {benchmark!r:.80}; give a name, a BEIR folder, or a Benchmark")
    for argument, value in (("data", data), ("passage_language", passage_language)):
        if value is not None:
            raise XqgError(f"`{argument}` goes with a benchmark's name, and {benchmark.name} is loaded; leave it out")
    return benchmark
