"""What a caller names as passages, questions or generated queries: a benchmark too, beside paths and lists."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from xqg.benchmarks import BENCHMARKS, Benchmark, load
from xqg.errors import XqgError
from xqg.passages import (
    PassageList,
    PassagesLike,
    PassageSource,
    Question,
    QuestionsLike,
    as_passages,
    as_questions,
)

__all__ = ["Pool", "open_passages", "open_questions"]


class Pool(NamedTuple):
    """Passages, and the tokens read of each where the collection fixes them."""

    passages: PassageSource
    passage_length: int | None = None


def open_passages(
    passages: PassagesLike | Benchmark,
    data: str | os.PathLike[str] | None = None,
    passage_language: str | None = None,
    *,
    skip_bad: bool = False,
) -> Pool:
    """The passages of a benchmark, or as `xqg.passages.as_passages` takes them.

    Args:
        passages: a benchmark or its name (its passages are in memory), a path, a list, an iterable.
        data: the files of a named benchmark.
        passage_language: of passages that name none (None: English); of a named benchmark: the pool's
            (None: its own default).
        skip_bad: pass over bad rows, which are then in the passages' `bad`; a benchmark's files are taken
            whole or not at all.

    Raises:
        XqgError: nothing there, or malformed; with `skip_bad`: no good row.
    """
    benchmark = _benchmark(passages, data, passage_language)
    if benchmark is not None:
        return Pool(PassageList(benchmark.passages), benchmark.passage_length)
    _check_there(passages, "passages")
    return Pool(as_passages(passages, passage_language, skip_bad=skip_bad))  # type: ignore[arg-type]


def open_questions(
    questions: QuestionsLike | Benchmark,
    data: str | os.PathLike[str] | None = None,
    query_language: str | None = None,
) -> tuple[list[Question], list[str | None]]:
    """Questions, and the language of each where it is known.

    Args:
        questions: a benchmark or its name, or as `xqg.passages.as_questions` takes them.
        data: the files of a named benchmark.
        query_language: of questions that name none; of a benchmark: the one to ask in.

    Raises:
        XqgError: nothing there, or malformed; a benchmark of parallel questions without a language.
    """
    # Questions are the same over every pool; XQuAD's own default pool may be one whose file is not there.
    benchmark = _benchmark(questions, data, "all" if questions == "xquad" else None)
    if benchmark is None:
        _check_there(questions, "questions")
        return as_questions(questions, query_language)  # type: ignore[arg-type]
    if query_language is None and len({one.id for one in benchmark.questions}) < len(benchmark.questions):
        raise XqgError(
            f"{benchmark.name}: its questions share ids over languages, and a run holds one of them; "
            f"name `query_language`, one of {', '.join(benchmark.query_languages)}"
        )
    found = list(benchmark.questions) if query_language is None else benchmark.questions_in(query_language)
    return found, [question.language for question in found]


def _benchmark(source: Any, data: Any, language: str | None) -> Benchmark | None:
    """The benchmark that is meant; None where it is something else."""
    if isinstance(source, str) and source in BENCHMARKS:
        return load(source, data=data, passage_language=language)
    if data is not None:
        what = source if isinstance(source, str | os.PathLike) else f"a {type(source).__name__}"
        raise XqgError(f"`data` goes with a benchmark's name ({', '.join(BENCHMARKS)}), not with {what}")
    return source if isinstance(source, Benchmark) else None


def _check_there(source: Any, what: str) -> None:
    if isinstance(source, str | os.PathLike) and not os.path.exists(Path(source)):
        raise XqgError(
            f"{source}: no such file; give a JSONL file of {what}, a BEIR folder, or one of {', '.join(BENCHMARKS)}"
        )
