"""Runs: ranked passages per question, and the TREC files that hold them.

A run is question id → [(passage id, score)], best first. Scores are float32 values, the precision
that trec_eval computes in and the file keeps, so that a run in memory and its file rank alike.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.kept import atomic_path

__all__ = ["Run", "check_run", "lacking", "line_of", "order", "read_trec", "write_trec"]

Run = dict[str, list[tuple[str, float]]]
_COLUMNS = "QUESTION Q0 PASSAGE RANK SCORE TAG"
_OVERFLOW = (2 - 2**-24) * 2.0**127  # from here on a number rounds to infinity in float32


def order(pairs: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Sort (passage id, score) by score in float32, highest first.

    Ties go by passage id, descending, as trec_eval breaks them: any tool that reads the written
    file gives the numbers that xqg gives.

    Raises:
        XqgError: a score that is not finite in float32 has no place in a ranking.
    """
    found = list(pairs)
    scores = _float32([score for _, score in found])
    ranked = sorted(zip(scores, (id_ for id_, _ in found), strict=True), reverse=True)
    return [(id_, score) for score, id_ in ranked]


def write_trec(path: Path | str, run: Mapping[str, Sequence[tuple[str, float]]], tag: str) -> None:
    """Write a run as six columns `question Q0 passage rank score tag`, ranks from 1, atomically.

    A score has nine significant digits, which read back as the same float32.

    Raises:
        XqgError: an empty run, a passage ranked twice for a question, a score that is not finite,
            a tag or id that is empty or has white space.
    """
    path = Path(path)
    if not any(run.values()):
        raise XqgError(
            f"{path}: the run is empty, nothing was written; check that the questions found passages"
        )
    _check_word(path, "tag", tag)
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for question_id, pairs in run.items():
            file.writelines(_lines(path, question_id, order(pairs), tag))


def _lines(path: Path, question_id: str, pairs: list[tuple[str, float]], tag: str) -> Iterable[str]:
    _check_word(path, "question id", question_id)
    if len({passage_id for passage_id, _ in pairs}) < len(pairs):
        ids = [passage_id for passage_id, _ in pairs]
        twice = next(passage_id for passage_id in ids if ids.count(passage_id) > 1)
        raise XqgError(f"{path}: passage {twice!r} is ranked twice for question {question_id!r}; keep one")
    for rank, (passage_id, score) in enumerate(pairs, start=1):
        _check_word(path, "passage id", passage_id)
        yield f"{question_id} Q0 {passage_id} {rank} {score:.9g} {tag}\n"


@lru_cache(maxsize=100_000)
def _check_word(path: Path, what: str, text: str) -> None:
    if not text or any(character.isspace() for character in text):
        raise XqgError(
            f"{path}: {what} {text!r} is empty or has white space, which separates a run's columns"
        )


def read_trec(path: Path | str) -> Run:
    """Read a TREC run. As trec_eval does, ranks are ignored and scores decide, in float32.

    Raises:
        XqgError: with file and line: not six columns, a score that is no finite number, a passage
            listed twice for a question; a missing or empty file.
    """
    path = Path(path)
    if not os.path.isfile(path):
        raise XqgError(f"{path}: no such file; give a TREC run ({_COLUMNS}), as `xqg retrieve` writes")
    found: dict[str, dict[str, float]] = {}
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            _read_line(f"{path}:{number}", raw, found)
    if not found:
        raise XqgError(f"{path}: no line in it; give a TREC run ({_COLUMNS})")
    return {question_id: order(scores.items()) for question_id, scores in found.items()}


def _read_line(where: str, raw: bytes, found: dict[str, dict[str, float]]) -> None:
    try:
        columns = raw.decode().split()
    except UnicodeDecodeError:
        raise XqgError(f"{where}: not UTF-8; convert the file to UTF-8") from None
    if not columns:
        return
    if len(columns) != 6:
        raise XqgError(f"{where}: {len(columns)} columns instead of 6; a line is {_COLUMNS}")
    question_id, _, passage_id, _, text, _ = columns
    try:
        score = float(text)
    except ValueError:
        score = float("nan")
    if not abs(score) < _OVERFLOW:  # false for NaN too
        raise XqgError(f"{where}: score {text!r} is not a finite number; mend the line")
    scores = found.setdefault(question_id, {})
    if passage_id in scores:
        raise XqgError(
            f"{where}: passage {passage_id!r} a second time for question {question_id!r}; keep one"
        )
    scores[passage_id] = score


def _float32(scores: Sequence[float]) -> list[float]:
    """Round to float32; the result is Python floats, which compare quickly and exactly alike."""
    with np.errstate(over="ignore"):  # an overflow becomes inf, which is refused below
        rounded = np.asarray(scores, dtype=np.float64).astype(np.float32)
    if not np.isfinite(rounded).all():
        bad = scores[int(np.argmin(np.isfinite(rounded)))]
        raise XqgError(
            f"score {bad} is not a finite float32; check the encoder's vectors for NaN and overflow"
        )
    return rounded.tolist()


def check_run(
    run: Mapping[str, Sequence[tuple[str, float]]],
    benchmark: Benchmark,
    language: str,
    path: Path | None = None,
) -> None:
    """Refuse a run that was not made from this benchmark's questions of `language` and passages.

    Args:
        path: the file that the run was read from, whose line is then named.

    Raises:
        XqgError: naming one unknown question or passage id, or for a run without a passage.
    """
    remedy = "evaluate the run on the benchmark, pool and language that it was retrieved for"
    if not any(run.values()):
        raise XqgError(f"the run is empty for {benchmark.name}; retrieve passages first")
    known = {question.id for question in benchmark.questions_in(language)}
    for question_id, pairs in run.items():
        if question_id not in known:
            where = line_of(path, question_id)
            raise XqgError(
                f"{where}question {question_id!r} is not one of {benchmark.name}'s in {language!r}; {remedy}"
            )
        for passage_id, _ in pairs:
            if passage_id not in benchmark.passage_by_id:
                where = line_of(path, question_id, passage_id)
                raise XqgError(f"{where}passage {passage_id!r} is not one of {benchmark.name}'s; {remedy}")


def line_of(path: Path | None, question_id: str, passage_id: str | None = None) -> str:
    """`FILE:LINE: ` of the first line of a question (and passage) in a run's file; "" without a file."""
    if path is None:
        return ""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            columns = raw.decode().split()
            if columns and columns[0] == question_id and passage_id in (None, columns[2]):
                return f"{path}:{number}: "
    return f"{path}: "


def lacking(run: Mapping[str, object], benchmark: Benchmark, language: str) -> list[str]:
    """Ids of the benchmark's questions of `language` that a run lacks, in the benchmark's order."""
    return [question.id for question in benchmark.questions_in(language) if question.id not in run]
