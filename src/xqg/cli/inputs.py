"""Passages and questions from what a command line names: a JSONL file, a BEIR folder, a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.benchmarks import Benchmark
    from xqg.evaluation import Run
    from xqg.passages import Passage, PassageSource, Question

__all__ = ["OpenPool", "Pool", "of_fold", "open_pool", "read_asked", "read_pool", "shared_ids"]


class Pool(NamedTuple):
    """Passages, and the tokens read of each where the collection fixes them."""

    passages: list[Passage]
    passage_length: int | None = None


class OpenPool(NamedTuple):
    """As `Pool`, of passages that need not be in memory."""

    passages: PassageSource
    passage_length: int | None = None


def read_pool(source: str, data: Path | None, language: str | None) -> Pool:
    """The passages of a source, in memory.

    Args:
        source: a JSONL file, a folder with `corpus.jsonl`, or a benchmark's name.
        data: the files of a named benchmark.
        language: of passages that name none (None: English); of a benchmark: the pool's (None: its own
            default).

    Raises:
        XqgError: nothing there, or malformed.
    """
    from xqg.passages import read_passages

    benchmark = _named(source, data, language)
    if benchmark is not None:
        return Pool(list(benchmark.passages), benchmark.passage_length)
    return Pool(read_passages(_file(source, "corpus.jsonl", "passages"), "en" if language is None else language))


def open_pool(source: str, data: Path | None, language: str | None, skip_bad: bool = False) -> OpenPool:
    """The passages of a source: a file is read row by row where they are asked for.

    Args:
        source, data, language: as `read_pool`.
        skip_bad: pass over a file's bad rows, which are then in the passages' `bad`; a benchmark's files
            are taken whole or not at all.

    Raises:
        XqgError: nothing there, or malformed; with `skip_bad`: no good row.
    """
    from xqg.passages import PassageFile, PassageList

    benchmark = _named(source, data, language)
    if benchmark is not None:
        return OpenPool(PassageList(benchmark.passages), benchmark.passage_length)
    path = _file(source, "corpus.jsonl", "passages")
    return OpenPool(PassageFile(path, "en" if language is None else language, skip_bad=skip_bad))


def read_asked(
    source: str, data: Path | None, language: str | None
) -> tuple[list[Question], list[str | None]]:
    """The questions of a source, and the language of each where it is known.

    Args:
        source: a JSONL file, a folder with `queries.jsonl`, or a benchmark's name.
        data: the files of a named benchmark.
        language: of questions that name none; of a benchmark: the one to ask in.

    Raises:
        XqgError: nothing there, or malformed; a benchmark of parallel questions without a language.
    """
    from xqg.passages import read_questions
    from xqg.passages.jsonl import rows

    benchmark = _named(source, data, _any_pool(source))
    if benchmark is not None:
        if language is None and shared_ids(benchmark):
            raise XqgError(
                f"{source}: its questions share ids over languages, and a run holds one of them; "
                f"name --query-language, one of {', '.join(benchmark.query_languages)}"
            )
        asked = list(benchmark.questions) if language is None else benchmark.questions_in(language)
        return asked, [question.language for question in asked]
    path = _file(source, "queries.jsonl", "questions")
    asked = read_questions(path, "en" if language is None else language)
    if language is not None:
        return asked, [question.language for question in asked]
    # Those that name none are not English for that: their language is to be detected.
    named = [row.get("language") is not None for _, row in rows(path, "questions")]
    return asked, [one.language if known else None for one, known in zip(asked, named, strict=True)]


def of_fold(run: Run, benchmark: Benchmark, fold: tuple[int, int] | None) -> tuple[Run, Benchmark]:
    """The benchmark's questions of one fold, and a run without those of the others; None: all.

    Raises:
        XqgError: no such fold.
    """
    if fold is None:
        return run, benchmark
    mine = benchmark.fold(*fold)
    others = benchmark.groups.keys() - mine.groups.keys()
    return {id_: ranking for id_, ranking in run.items() if id_ not in others}, mine


def shared_ids(benchmark: Benchmark, ids: set[str] | None = None) -> bool:
    """Whether an id (of `ids`; None: any) is a question's in more than one language."""
    seen: set[str] = set()
    for question in benchmark.questions:
        if ids is None or question.id in ids:
            if question.id in seen:
                return True
            seen.add(question.id)
    return False


def _named(source: str, data: Path | None, language: str | None) -> Benchmark | None:
    from xqg.benchmarks import NAMES, load

    if source in NAMES:
        return load(source, data=data, passage_language=language)
    if data is not None:
        raise XqgError(f"--data goes with a benchmark's name ({', '.join(NAMES)}), not with {source}")
    return None


def _any_pool(source: str) -> str | None:
    """A pool that can be loaded for its questions: they are the same over every pool."""
    return "all" if source == "xquad" else None


def _file(source: str, name: str, what: str) -> Path:
    """The JSONL file itself, or the one inside a BEIR folder."""
    from xqg.benchmarks import NAMES

    path = Path(source)
    if path.is_dir():
        if not (path / name).is_file():
            raise XqgError(
                f"{source}: no {name} in this folder; give a JSONL file or a BEIR folder of {what}"
            )
        return path / name
    if not path.exists():
        raise XqgError(
            f"{source}: no such file; give a JSONL file of {what}, a BEIR folder, or one of {', '.join(NAMES)}"
        )
    return path
