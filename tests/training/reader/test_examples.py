"""Answered questions: what a row must say, which passages stand beside one, which fold they fall in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.reader.examples import AnsweredQuestion, draw_negatives, folds_of_passages, read_answers

POOL = [Passage(f"p{n}", "", f"number {n} is in group {n // 2}", "en") for n in range(6)]
BY_ID = {passage.id: passage for passage in POOL}
GROUPS = {f"p{n}": f"g{n // 2}" for n in range(6)}
ROW = {"passage_id": "p3", "question": "Which number?", "answer": "number 3", "answer_start": 0}


def _file(folder: Path, *rows: Any) -> Path:
    path = folder / "answers.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_read(tmp_path: Path) -> None:
    other = {**ROW, "answer": "group", "answer_start": 15, "more": "is ignored"}
    found = read_answers(_file(tmp_path, ROW, "", other), BY_ID)
    assert found == [AnsweredQuestion(POOL[3], "Which number?", 0, 8), AnsweredQuestion(POOL[3], "Which number?", 15, 20)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "answers.jsonl:2: "),
        ({**ROW, "passage_id": "p9"}, "answers.jsonl:2: passage 'p9' is not one of the recipe's passages"),
        ({**ROW, "answer_start": 1}, "answers.jsonl:2: 'number 3' does not stand at 1 of passage 'p3'"),
        ({**ROW, "answer_start": -23}, "answers.jsonl:2: 'number 3' does not stand at -23"),
        ({**ROW, "answer_start": "0"}, "answers.jsonl:2: needs a text 'answer' and a whole number"),
        ({**ROW, "answer_start": True}, "answers.jsonl:2: needs a text 'answer' and a whole number"),
        ({**ROW, "answer": ""}, "answers.jsonl:2: needs a text 'answer'"),
        ({**ROW, "answer": 3}, "answers.jsonl:2: 'answer' must be a string"),
        ({"passage_id": "p3", "answer": "3", "answer_start": 7}, "answers.jsonl:2: no 'question'"),
    ],
)
def test_malformed_rows_are_named(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(XqgError) as caught:
        read_answers(_file(tmp_path, ROW, row), BY_ID)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file; give a JSONL file of answered questions"):
        read_answers(tmp_path / "absent.jsonl", BY_ID)
    with pytest.raises(XqgError, match="no answered question in it"):
        read_answers(_file(tmp_path, "", ""), BY_ID)


def test_folds_are_whole_clusters() -> None:
    assert folds_of_passages(POOL, GROUPS, 2) == {"p0": 0, "p1": 0, "p2": 1, "p3": 1, "p4": 0, "p5": 0}
    assert list(folds_of_passages(POOL, {}, 3).values()) == [0, 1, 2, 0, 1, 2]  # each its own cluster


def test_negatives() -> None:
    answered = [AnsweredQuestion(POOL[3], "Which number?", 7, 8)] * 200
    found = draw_negatives(answered, POOL, GROUPS, seed=0)
    drawn = [example.negative.id for example in found]
    assert [example.answered for example in found] == answered
    assert set(drawn) == {"p0", "p1", "p2", "p4", "p5"}  # never the right one
    # Half of them of the same cluster, and the chance of those drawn from all.
    assert 0.5 <= drawn.count("p2") / 200 < 0.75
    assert drawn == [example.negative.id for example in draw_negatives(answered, POOL, GROUPS, seed=0)]
    assert drawn != [example.negative.id for example in draw_negatives(answered, POOL, GROUPS, seed=1)]


def test_negatives_do_not_hold_the_answer_where_there_are_others() -> None:
    group = AnsweredQuestion(POOL[3], "Which group?", 15, 22)  # "group 1" is in p2, too
    assert {e.negative.id for e in draw_negatives([group] * 50, POOL, GROUPS, 0)} == {"p0", "p1", "p4", "p5"}
    word = AnsweredQuestion(POOL[3], "What?", 0, 6)  # "number" is everywhere
    drawn = {e.negative.id for e in draw_negatives([word] * 50, POOL, GROUPS, 0)}
    assert drawn == {"p0", "p1", "p2", "p4", "p5"}
    with pytest.raises(XqgError, match="a pool of 1 passages has no wrong one"):
        draw_negatives([group], POOL[3:4], GROUPS, 0)
