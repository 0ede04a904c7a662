"""Runs and benchmarks that `xqg evaluate` refuses: one line that names what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WHOLE = "q1 Q0 tokyo 1 2 t\nq2 Q0 rome 1 2 t\nq3 Q0 tokyo 1 2 t\nq4 Q0 rhine 1 2 t\n"
Evaluated = Callable[..., str]


@pytest.fixture
def evaluated(refused: Callable[..., str], own: Path) -> Evaluated:
    """The error of evaluating a run with this text; nothing is left at --out."""

    def call(text: str, *flags: str) -> str:
        run, out = own.parent / "r.trec", own.parent / "results"
        run.write_text(text)
        error = refused("evaluate", run, "--benchmark", own, "--out", out, *flags)
        assert not out.exists()
        return error

    return call


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("q9 Q0 tokyo 1 1 t\n", "r.trec:5: question 'q9' is not one of own's"),
        ("q4 Q0 paris 2 1 t\n", "r.trec:5: passage 'paris' is not one of own's"),
        ("q1 Q0 tokyo 2 1 t\n", "r.trec:5: passage 'tokyo' a second time for question 'q1'"),
        ("q1 Q0 rome 2 nan t\n", "r.trec:5: score 'nan'"),
        ("q1 rome 2\n", "r.trec:5: 3 columns instead of 6"),
    ],
)
def test_a_wrong_line_is_named(evaluated: Evaluated, line: str, says: str) -> None:
    assert says in evaluated(WHOLE + line)


def test_an_unknown_question_is_named_with_a_language_too(evaluated: Evaluated) -> None:
    english = "".join(WHOLE.splitlines(keepends=True)[:2])
    assert "r.trec:3: question 'q3' is not one of own's in 'en'" in evaluated(WHOLE, "--query-language", "en")
    assert "r.trec:3: passage 'paris'" in evaluated(english + "q2 Q0 paris 2 1 t\n", "--query-language", "en")


def test_missing_questions_are_counted_and_the_first_is_named(evaluated: Evaluated) -> None:
    lines = WHOLE.splitlines(keepends=True)
    error = evaluated(lines[1] + lines[3])
    assert "r.trec: the run lacks questions (1 of 2 in en, 1 of 2 in ja; the first is 'q1')" in error
    assert "--allow-missing" in error


def test_a_broken_benchmark_folder(evaluated: Evaluated, own: Path) -> None:
    queries, judged = own / "queries.jsonl", own / "qrels" / "test.tsv"
    text = queries.read_text(encoding="utf-8")
    queries.write_text(text + text.splitlines()[0] + "\n", encoding="utf-8")
    assert "queries.jsonl:5: _id 'q1' occurs a second time" in evaluated(WHOLE)
    queries.write_text(text, encoding="utf-8")
    judged.rename(own / "test.tsv")
    assert "qrels/test.tsv: no such file" in evaluated(WHOLE)
    (own / "test.tsv").rename(judged)
    for name in ("queries.jsonl", "corpus.jsonl"):
        (own / name).rename(own / "away")
        assert f"{name}: no such file" in evaluated(WHOLE)
        (own / "away").rename(own / name)


def test_kilotokens_of_chinese_passages(evaluated: Evaluated) -> None:
    error = evaluated(WHOLE, "--passage-language", "zh", "--measures", "R@2kt")
    assert "R@2kt is defined for English passages, the pool has zh; use Answer@5 or R@5" in error


def test_kilotokens_of_a_run_too_short(evaluated: Evaluated) -> None:
    error = evaluated(WHOLE, "--measures", "R@2kt")
    assert "1 passages for question 'q1' hold 7 tokens, R@2kt needs 2000; retrieve more passages" in error
