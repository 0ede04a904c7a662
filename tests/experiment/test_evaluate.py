"""Measures of a run, from Python; the command line's tests have the rest."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import Run, write_trec
from xqg.experiment.evaluate import evaluate
from xqg.experiment.report.evaluation import rows
from xqg.experiment.results import Results
from xqg.passages import Passage, Question
from xqg.reading import Span


@pytest.fixture
def own(tiny: Benchmark) -> Benchmark:
    """The tiny benchmark with question ids of their own in each language."""
    asked = [dataclasses.replace(one, id=f"{one.id}{one.language}") for one in tiny.questions]
    return dataclasses.replace(
        tiny,
        questions=asked,
        qrels={one.id: {f"p{one.id[1]}": 1} for one in asked},
        groups={one.id: tiny.groups[one.id[:2]] for one in asked},
    )


@pytest.fixture
def run(own: Benchmark) -> Run:
    """Right at rank 1 in fi, at rank 2 in ja; nothing in en."""
    found: Run = {}
    for number in range(6):
        right, other = f"p{number}", f"p{(number + 1) % 6}"
        found[f"q{number}fi"] = [(right, 2.0), (other, 1.0)]
        found[f"q{number}ja"] = [(other, 0.9), (right, 0.1)]
    return found


def test_a_run_in_memory_and_in_a_file(own: Benchmark, run: Run, tmp_path: Path) -> None:
    write_trec(tmp_path / "run.trec", run, "t")
    memory, file = evaluate(run, own, "R@1 RR@10"), evaluate(tmp_path / "run.trec", own, ["R@1", "RR@10"])
    assert list(memory.values["run", 0]) == [("run", "fi"), ("run", "ja")]
    assert list(file.values["run", 0]) == [("run.trec", "fi"), ("run.trec", "ja")]
    assert list(memory.values["run", 0].values()) == list(file.values["run", 0].values())
    assert str(memory) == str(file)
    assert str(memory).splitlines() == [
        "language  questions     R@1   RR@10",
        "fi                6  1.0000  1.0000",
        "ja                6  0.0000  0.5000",
        "macro            12  0.5000  0.7500",
    ]
    assert memory.mean("run", "RR@10", "ja") == 0.5
    assert memory.mean("run", "RR@10") == 0.75
    assert repr(file) == "<Results of tiny: run.trec; 2 measures, 1 setting>"
    assert [row["value"] for row in rows(memory) if row["query_language"] == "macro"] == [0.5, 0.75]
    assert (memory.settings["run"], len(memory.settings["run_sha256"])) == ("run", 64)


def test_the_order_of_pairs_is_that_of_their_scores(own: Benchmark, run: Run) -> None:
    turned = {id_: list(reversed(pairs)) for id_, pairs in run.items()}
    assert evaluate(turned, own, "R@1").values == evaluate(run, own, "R@1").values


def test_what_is_written_is_read_back(own: Benchmark, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    results = evaluate(run, own, "R@1 RR@10", out=out)
    assert {path.name for path in out.iterdir()} == {"results.json", "report.md", "settings.json", "per_query.parquet"}
    written = json.loads((out / "results.json").read_text())
    assert set(written) == {"settings", "rows"}
    assert written["rows"] == rows(results)
    loaded = Results.load(out)
    assert (loaded.values, loaded.settings, loaded.description) == (results.values, results.settings, results.description)
    assert (str(loaded), repr(loaded), loaded._repr_html_()) == (str(results), repr(results), results._repr_html_())
    loaded.save(tmp_path / "elsewhere")
    for path in out.iterdir():
        assert (tmp_path / "elsewhere" / path.name).read_bytes() == path.read_bytes()
    assert loaded.frame.alpha.isna().all()
    assert set(loaded.frame.fusion) == {"none"}  # what made the run is not known
    assert set(loaded.frame.columns) == set(results.table.column_names)
    with pytest.raises(XqgError, match="not empty; choose another `out`"):
        evaluate(run, own, "R@1", out=out)
    with pytest.raises(XqgError, match="only a comparison has a table in LaTeX"):
        loaded.to_latex()


def test_in_a_notebook(own: Benchmark, run: Run) -> None:
    text = evaluate(run, dataclasses.replace(own, name="a & b"), "R@1")._repr_html_()
    assert "<caption>run on a &amp; b</caption>" in text
    assert ">0.5000</td>" in text


def test_nothing_is_left_behind(own: Benchmark, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    evaluate(run, own, "R@1")
    assert list(tmp_path.iterdir()) == []


def test_ones_own_measure(own: Benchmark, run: Run) -> None:
    class Ranks:
        name = "rank"
        unit = "ranks"
        higher_is_better = False

        def per_question(self, run: Run, questions: Sequence[Question], benchmark: Benchmark) -> dict[str, float]:
            return {
                one.id: 1.0 + [id_ for id_, _ in run[one.id]].index(f"p{one.id[1]}")
                for one in questions
            }

    results = evaluate(run, own, [Ranks(), "R@1"])
    assert (results.mean("run", "rank", "fi"), results.mean("run", "rank", "ja")) == (1.0, 2.0)
    assert results.scale("rank").higher_is_better is False


def test_default_measures_of_yes_no_questions(own: Benchmark, run: Run, caplog: Any) -> None:
    """As in a comparison: R@2kt, which counts none of them, is left out, and that is said."""
    long = [dataclasses.replace(one, text=one.text + " word" * 900) for one in own.passages]
    asked = [dataclasses.replace(one, answers=("yes",)) for one in own.questions]
    pool = dataclasses.replace(own, passages=long, questions=asked)
    results = evaluate(run, pool)
    assert results.measures == ("R@1", "R@5", "RR@10", "Answer@1", "Answer@5")
    assert "left out: R@2kt (no question in fi has an answer other than yes and no)" in caplog.text


def test_a_reader_of_ones_own(own: Benchmark, run: Run) -> None:
    class Reader:
        name = "last words"

        def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
            starts = [passage.text.index("thing") for _, passage in pairs]
            return [
                Span(passage.text[start:], passage.id, start, len(passage.text), 0.0)
                for start, (_, passage) in zip(starts, pairs, strict=True)
            ]

    results = evaluate(run, own, "R@1 EM F1", reader=Reader(), read_top=1)
    assert (results.mean("run", "EM", "fi"), results.mean("run", "EM", "ja")) == (1.0, 0.0)
    assert list(results.description.measures) == ["R@1", "EM", "F1"]
    assert results.settings["reader"]["name"] == "last words"
    assert (results.settings["reader"]["top"], results.settings["reader"]["question"]) == (1, "asked")
    assert evaluate(run, own, reader=Reader()).measures[0] == "EM"


def test_what_a_run_lacks(own: Benchmark, run: Run, caplog: Any) -> None:
    less = {id_: pairs for id_, pairs in run.items() if id_ != "q3ja"}
    with pytest.raises(XqgError, match=r"run: the run lacks questions \(1 of 6 in ja; the first is 'q3ja'\).*`allow_missing`"):
        evaluate(less, own, "R@1")
    results = evaluate(less, own, "RR@10", allow_missing=True)
    assert results.values["run", 0]["run", "ja"]["RR@10"]["q3ja"] == 0.0
    assert results.settings["missing_questions"] == {"ja": 1}
    assert "the run lacks questions in ja: 1, which count 0; the first is 'q3ja'" in caplog.text
    assert "the run has no question in en; that language is not evaluated" in caplog.text


def test_parallel_questions_need_a_language(tiny: Benchmark, run: Run) -> None:
    shared: Run = {f"q{n}": run[f"q{n}fi"] for n in range(6)}
    with pytest.raises(XqgError, match="name the run's with `query_language`, one of en, fi, ja"):
        evaluate(shared, tiny, "R@1")
    results = evaluate(shared, tiny, "R@1", query_language="fi")
    assert results.query_languages == ("fi",)
    assert str(results).splitlines()[1:] == ["fi                6  1.0000"]


def test_a_fold(own: Benchmark, run: Run) -> None:
    results = evaluate(run, own, "R@1", fold=(0, 3))
    assert set(results.values["run", 0]["run", "fi"]["R@1"]) == {"q0fi", "q1fi"}
    assert results.settings["fold"] == "0/3"
    assert evaluate(run, own, "R@1", fold="0/3").values == results.values


WHOLE: Run = {f"q{n}fi": [(f"p{n}", 1.0)] for n in range(6)}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"run": 3}, "`run` is int; give a TREC file, or a dictionary"),
        ({"run": {}}, "`run` is empty"),
        ({"run": {"q0fi": []}}, "`run` is empty"),
        ({"run": {"q0fi": "p0"}}, "`run` has 'p0' for question 'q0fi'"),
        ({"run": {"q0fi": [("p0",)]}}, "`run` has .* for question 'q0fi'"),
        ({"run": {"q0fi": [("p0", "high")]}}, "`run` has .* for question 'q0fi'"),
        ({"run": {"q0fi": [("p0", float("nan"))]}}, "nan"),
        ({"run": {"q0fi": [("p0", 1.0), ("p0", 0.5)]}}, "`run` has passage 'p0' a second time for question 'q0fi'"),
        ({"run": {"q9fi": [("p0", 1.0)]}}, "question 'q9fi' is not one of tiny's"),
        ({"run": {"q0fi": [("p9", 1.0)]}}, "passage 'p9' is not one of tiny's"),
        ({"run": "absent.trec"}, "absent.trec: no such"),
        ({"benchmark": 3}, "`benchmark` is 3"),
        ({"measures": "R2"}, "unknown measure 'R2'"),
        ({"measures": [3]}, "`measures` has 3"),
        ({"measures": "EM"}, "EM needs a reader"),
        ({"query_language": "xx"}, "unknown language code 'xx'"),
        ({"query_language": 3}, "`query_language` is 3"),
        ({"fold": "0:2"}, "`fold` is '0:2'"),
        ({"fold": "3/3"}, "fold 3 of 3"),
        ({"reader": 3}, "`reader` is 3"),
        ({"reader": "mini", "measures": "R@1"}, "none of `measures` is a reader's"),
        ({"read_top": 3}, "`read_top` is for a reader"),
        ({"reader_question": "asked"}, "`reader_question` is for a reader"),
        ({"reader": "mini", "reader_question": "gold"}, "unknown `reader_question` 'gold'"),
        ({"data": "folder"}, "`data` goes with a benchmark's name"),
        ({"passage_language": "fi"}, "`passage_language` goes with a benchmark's name"),
        ({"out": 3}, "`out` is 3"),
        ({"out": __file__}, "is a file; choose another `out`"),
    ],
)
def test_wrong_values(own: Benchmark, tmp_path: Path, asked: dict[str, Any], says: str) -> None:
    usual: dict[str, Any] = {"run": WHOLE, "benchmark": own, "out": tmp_path / "out"}
    with pytest.raises(XqgError, match=says):
        evaluate(**usual | asked)
    assert list(tmp_path.iterdir()) == []
