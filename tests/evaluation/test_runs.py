"""Runs: order, TREC files, checks against a benchmark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import check_run, lacking, order, read_trec, write_trec
from xqg.passages import Passage, Question


def test_order_is_by_score_then_by_descending_id() -> None:
    assert order([("a", 1.0), ("b", 2.0), ("c", 1.0)]) == [("b", 2.0), ("c", 1.0), ("a", 1.0)]


def test_order_ties_scores_that_are_equal_in_float32() -> None:
    # 1 + 1e-12 is 1 in float32, as it will be in the file.
    assert [id_ for id_, _ in order([("a", 1 + 1e-12), ("b", 1.0)])] == ["b", "a"]


@pytest.mark.parametrize("score", [float("nan"), float("inf"), 1e300])
def test_order_refuses_a_score_that_is_not_finite(score: float) -> None:
    with pytest.raises(XqgError, match="finite"):
        order([("a", 0.0), ("b", score)])


def test_written_file_is_the_trec_format(tmp_path: Path) -> None:
    write_trec(tmp_path / "runs" / "x.trec", {"q1": [("b", 0.5), ("a", 0.5)], "q2": [("a", -1)]}, "xqg")
    text = (tmp_path / "runs" / "x.trec").read_text()
    assert text == "q1 Q0 b 1 0.5 xqg\nq1 Q0 a 2 0.5 xqg\nq2 Q0 a 1 -1 xqg\n"
    assert [file.name for file in (tmp_path / "runs").iterdir()] == ["x.trec"]


def test_scores_round_trip_in_float32(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    scores = np.concatenate(
        [random.normal(size=500), random.normal(size=500) * 1e-20, random.normal(size=500) * 1e20]
    ).astype(np.float32)
    run = {"q": order([(f"p{i}", float(score)) for i, score in enumerate(scores)])}
    write_trec(tmp_path / "x.trec", run, "t")
    assert read_trec(tmp_path / "x.trec") == run


def test_reading_ignores_ranks_and_file_order(tmp_path: Path) -> None:
    (tmp_path / "x.trec").write_text("q Q0 a 1 1.5 t\nq\tQ0\tb\t9\t2e0\tt\n\n")
    assert read_trec(tmp_path / "x.trec") == {"q": [("b", 2.0), ("a", 1.5)]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("q Q0 a 1 1.0 t\nq Q0 b 2 0.5\n", "x.trec:2: 5 columns instead of 6"),
        ("q Q0 a 1 high t\n", "x.trec:1: score 'high'"),
        ("q Q0 a 1 nan t\n", "x.trec:1: score 'nan'"),
        ("q Q0 a 1 3.4028236e38 t\n", "x.trec:1: score '3.4028236e38'"),
        ("q Q0 a 1 -inf t\n", "x.trec:1: score '-inf'"),
        ("q Q0 a 1 1 t\nr Q0 a 1 1 t\nq Q0 a 2 0 t\n", "x.trec:3: passage 'a' a second time"),
        ("\n", "no line in it"),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.trec").write_text(content)
    with pytest.raises(XqgError, match=message):
        read_trec(tmp_path / "x.trec")


def test_missing_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file"):
        read_trec(tmp_path / "none.trec")
    (tmp_path / "x.trec").write_bytes(b"q Q0 \xff 1 1 t\n")
    with pytest.raises(XqgError, match=r"x\.trec:1: not UTF-8"):
        read_trec(tmp_path / "x.trec")


@pytest.mark.parametrize(
    ("run", "tag", "message"),
    [
        ({}, "t", "empty"),
        ({"q": []}, "t", "empty"),
        ({"q": [("a", 1.0), ("a", 0.5)]}, "t", "ranked twice"),
        ({"q": [("a b", 1.0)]}, "t", "white space"),
        ({"q": [("a", 1.0)]}, "two words", "white space"),
        ({"q": [("a", float("nan"))]}, "t", "finite"),
    ],
)
def test_nothing_is_left_of_a_run_that_cannot_be_written(
    tmp_path: Path, run: dict[str, list[tuple[str, float]]], tag: str, message: str
) -> None:
    with pytest.raises(XqgError, match=message):
        write_trec(tmp_path / "x.trec", run, tag)
    assert list(tmp_path.iterdir()) == []


def test_check_run_names_what_the_benchmark_lacks() -> None:
    benchmark = Benchmark(
        "toy", [Passage("p", "", "text", "en")], [Question("q", "?", "ja")], {"q": {"p": 1}}, {"q": "q"}, ""
    )
    check_run({"q": [("p", 1.0)]}, benchmark, "ja")
    with pytest.raises(XqgError, match="question 'x' is not one of toy's in 'ja'"):
        check_run({"x": [("p", 1.0)]}, benchmark, "ja")
    with pytest.raises(XqgError, match="passage 'y' is not one of toy's"):
        check_run({"q": [("y", 1.0)]}, benchmark, "ja")
    with pytest.raises(XqgError, match="no questions in 'ru'"):
        check_run({"q": [("p", 1.0)]}, benchmark, "ru")
    with pytest.raises(XqgError, match="empty"):
        check_run({"q": []}, benchmark, "ja")


def test_check_run_names_the_line_of_the_runs_file(tmp_path: Path) -> None:
    questions = [Question("q", "?", "ja"), Question("r", "?", "ja")]
    benchmark = Benchmark("toy", [Passage("p", "", "text", "en")], questions, {}, {}, "")
    path = tmp_path / "x.trec"
    path.write_text("q Q0 p 1 2 t\n\nx Q0 p 1 2 t\nx Q0 y 2 1 t\n")
    with pytest.raises(XqgError, match=r"x\.trec:3: question 'x' is not one of toy's"):
        check_run(read_trec(path), benchmark, "ja", path)
    path.write_text("q Q0 p 1 2 t\nr Q0 p 1 2 t\nr Q0 y 2 1 t\n")
    with pytest.raises(XqgError, match=r"x\.trec:3: passage 'y' is not one of toy's"):
        check_run(read_trec(path), benchmark, "ja", path)


def test_lacking_is_in_the_benchmarks_order() -> None:
    questions = [Question(id_, "?", "ja") for id_ in ("c", "a", "b")] + [Question("d", "?", "ru")]
    benchmark = Benchmark("toy", [Passage("p", "", "text", "en")], questions, {}, {}, "")
    assert lacking({"a": []}, benchmark, "ja") == ["c", "b"]
    assert lacking({"d": []}, benchmark, "ru") == []
