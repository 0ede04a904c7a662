"""Examples that a reader learns from: a question, a passage, the answer's span, another passage."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.jsonl import rows, text_field
from xqg.passages.records import Passage

__all__ = ["AnsweredQuestion", "Example", "draw_negatives", "folds_of_passages", "read_answers"]


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its answer's place: `passage.text[start:end]`."""

    passage: Passage
    question: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """An answered question and a passage that does not answer it."""

    answered: AnsweredQuestion
    negative: Passage


def read_answers(path: Path | str, passages: Mapping[str, Passage]) -> list[AnsweredQuestion]:
    """Read JSONL rows `{"passage_id", "question", "answer", "answer_start"}`.

    Raises:
        XqgError: with file and line: broken JSON, a missing field, an unknown passage, an answer
            that does not stand at `answer_start`; a missing or empty file.
    """
    found = [_answered(path, number, row, passages) for number, row in rows(path, "answered questions")]
    if not found:
        raise XqgError(f"{path}: no answered question in it; add JSONL rows")
    return found


def _answered(
    path: Path | str, number: int, row: dict[str, Any], passages: Mapping[str, Passage]
) -> AnsweredQuestion:
    where = f"{path}:{number}"
    id_ = text_field(path, number, row, "passage_id")
    question = text_field(path, number, row, "question")
    answer = text_field(path, number, row, "answer")
    start = row.get("answer_start")
    if id_ not in passages:
        raise XqgError(f"{where}: passage {id_!r} is not one of the recipe's passages; mend the row")
    if not isinstance(start, int) or isinstance(start, bool) or not answer:
        raise XqgError(f"{where}: needs a text 'answer' and a whole number 'answer_start'; mend the row")
    passage = passages[id_]
    if start < 0 or passage.text[start : start + len(answer)] != answer:
        raise XqgError(f"{where}: {answer!r} does not stand at {start} of passage {id_!r}; mend the row")
    return AnsweredQuestion(passage, question, start, start + len(answer))


def folds_of_passages(passages: Sequence[Passage], groups: Mapping[str, str], folds: int) -> dict[str, int]:
    """Passage id → the fold whose model never sees it: clusters (articles) dealt out in turn.

    Args:
        groups: passage id → cluster; a passage without one is its own.
    """
    order: dict[str, int] = {}
    found = {}
    for passage in passages:
        cluster = groups.get(passage.id, passage.id)
        found[passage.id] = order.setdefault(cluster, len(order)) % folds
    return found


def draw_negatives(
    answered: Sequence[AnsweredQuestion], pool: Sequence[Passage], groups: Mapping[str, str], seed: int
) -> list[Example]:
    """Beside each answered question a passage that it was not asked of.

    Half are of the same cluster, which a retriever confuses most easily, half of any. A passage that
    holds the answer's string is taken only where all do ("p" occurs everywhere).

    Raises:
        XqgError: a pool of one passage.
    """
    if len(pool) < 2:
        raise XqgError(f"a pool of {len(pool)} passages has no wrong one to compare with; train on more")
    rng = random.Random(seed)
    near: dict[str, list[Passage]] = {}
    for passage in pool:
        near.setdefault(groups.get(passage.id, passage.id), []).append(passage)
    found = []
    for number, one in enumerate(answered):
        answer = one.passage.text[one.start : one.end]
        same = near[groups.get(one.passage.id, one.passage.id)]
        others: list[Passage] = []
        for candidates in (same, pool) if number % 2 else (pool,):
            others = others or [p for p in candidates if p.id != one.passage.id and answer not in p.text]
        found.append(Example(one, rng.choice(others or [p for p in pool if p.id != one.passage.id])))
    return found
