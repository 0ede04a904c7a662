"""A reader in a comparison: EM and F1 per system, the ceiling, the forms of the question."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse, read_trec
from xqg.experiment.answers import FormMeasure, ReadingOptions, forms_for
from xqg.experiment.compare import compare
from xqg.experiment.results import Results
from xqg.passages import Passage
from xqg.reading import Span


class Reader:
    """Answers with the passage's last two words (its "thing N"); surest of passages with small numbers."""

    name, fingerprint, dtype = "toy", "sha256:0", "float32"

    def __init__(self, languages: tuple[str, ...] | None = ("en",)) -> None:
        self.languages = languages
        self.asked: list[tuple[str, str]] = []

    def settings(self) -> dict[str, Any]:
        return {"name": self.name, "fingerprint": self.fingerprint}

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        self.asked += [(question, passage.id) for question, passage in pairs]
        found = []
        for _, passage in pairs:
            start = passage.text.index("thing")
            found.append(
                Span(passage.text[start:], passage.id, start, len(passage.text), -float(passage.id[1:]))
            )
        return found


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """What the name `toy` loads."""
    one = Reader()
    monkeypatch.setattr("xqg.reading.reader.load_reader", lambda name, **_: one)
    return one


def compared(benchmark: Benchmark, encoder: Path, out: Path, **changes: Any) -> Results:
    asked: dict[str, Any] = {
        "arms": "none,mono,cross", "baselines": "none", "measures": "R@1 EM F1", "reader": "toy", "read_top": 2,
    }  # fmt: skip
    return compare(benchmark, encoder=str(encoder), out=out, **asked | changes)


def test_em_is_that_of_the_surest_span_of_the_top_passages(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    out = tmp_path / "out"
    compared(tiny, bert_folder, out, queries=queries_file)
    results = json.loads((out / "results.json").read_text())
    for row in results["rows"]:
        if row["measure"] != "EM":
            continue
        run = read_trec(out / "runs" / f"{row['arm']}.{row['query_language']}.trec")
        hits = [
            min(int(id_[1:]) for id_, _ in ranked[:2]) == int(question[1:]) for question, ranked in run.items()
        ]
        assert row["value"] == pytest.approx(sum(hits) / len(hits))
    assert {row["measure"] for row in results["rows"]} == {"R@1", "EM", "F1"}
    assert results["settings"]["reader"] == {
        "name": "toy", "fingerprint": "sha256:0", "top": 2, "question": ["parallel"],
    }  # fmt: skip
    # With the right passage the toy is always right.
    assert {row["value"] for row in results["ceiling"]} == {1.0}
    assert len(results["ceiling"]) == 3 * 2  # languages, measures
    assert "right passage (bound)" in (out / "report.md").read_text()


def test_the_parallel_question_is_asked_and_no_pair_twice(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    asked = {"queries": queries_file, "query_languages": ("fi", "ja")}
    compared(tiny, bert_folder, tmp_path / "out", **asked)
    assert all(question.startswith("en ") for question, _ in reader.asked)
    assert len(set(reader.asked)) == len(reader.asked)
    before = len(reader.asked)
    compared(tiny, bert_folder, tmp_path / "out", **asked)  # everything was kept
    assert len(reader.asked) == before


def test_a_reader_of_all_languages_gets_both_forms(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    reader.languages = None
    results = compared(tiny, bert_folder, tmp_path / "out", queries=queries_file)
    assert list(results.description.measures) == ["R@1", "EM", "F1", "EM(parallel)", "F1(parallel)"]
    assert results.primary_measure == "EM"
    assert {question.split()[0] for question, _ in reader.asked} == {"en", "fi", "ja"}


def test_forms_follow_the_readers_languages(
    tiny: Benchmark, caplog: pytest.LogCaptureFixture
) -> None:
    spoken = ("en", "fi", "ja")
    assert forms_for(Reader(("en", "fi", "ja")), tiny, spoken) == ("asked", "parallel")  # type: ignore[arg-type]
    assert forms_for(Reader(("en",)), tiny, spoken) == ("parallel",)  # type: ignore[arg-type]
    alone = dataclasses.replace(tiny, questions=tiny.questions_in("fi"))
    assert forms_for(Reader(None), alone, ("fi",)) == ("asked",)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        assert forms_for(Reader(("en",)), alone, ("fi",)) == ("asked",)  # type: ignore[arg-type]
    assert "no parallel questions" in caplog.text


def test_measures_of_the_other_form_are_named_for_it() -> None:
    measure = FormMeasure(parse("EM"), "parallel")
    assert measure.name == "EM(parallel)"
    assert (measure.needs_reader, measure.unit, measure.higher_is_better) == (True, "percent", True)


def test_what_cannot_be_read_is_refused_before_anything_is_written(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    out = tmp_path / "out"
    alone = dataclasses.replace(tiny, questions=tiny.questions_in("fi"))
    with pytest.raises(XqgError, match="no parallel one"):
        compared(alone, bert_folder, out, reader_question="parallel", arms="none")
    with pytest.raises(XqgError, match="EM needs a reader"):
        compared(tiny, bert_folder, out, reader=None, read_top=None, arms="none")
    assert not out.exists()


def test_a_readers_measures_join_where_none_is_named(
    tiny: Benchmark, bert_folder: Path, tmp_path: Path
) -> None:
    results = compared(tiny, bert_folder, tmp_path / "out", reader=Reader(), arms="none", measures="R@1")
    assert list(results.description.measures) == ["R@1", "EM", "F1"]
    assert results.settings["measures"] == ["R@1", "EM", "F1"]


def test_an_object_reads_as_a_name_does(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    named = compared(tiny, bert_folder, tmp_path / "named", queries=queries_file)
    mine = Reader()
    results = compared(tiny, bert_folder, tmp_path / "object", queries=queries_file, reader=mine)
    assert mine.asked
    assert results.values == named.values
    assert results.settings == named.settings
    assert results.description.ceiling == named.description.ceiling


def test_answers_are_kept_nowhere_without_a_folder(tiny: Benchmark, bert_folder: Path, tmp_path: Path) -> None:
    mine = Reader()
    asked = {"reader": mine, "read_top": 2, "arms": "none", "baselines": "none", "measures": "EM"}
    first = compare(tiny, encoder=str(bert_folder), **asked)  # type: ignore[arg-type]
    before = len(mine.asked)
    assert compare(tiny, encoder=str(bert_folder), **asked).values == first.values  # type: ignore[arg-type]
    assert len(mine.asked) == 2 * before


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((None, 3, None, "auto"), "`read_top` is for a reader; give `reader` MODEL with it, or leave it out"),
        ((None, None, "asked", "auto"), "`reader_question` is for a reader"),
        (("toy", 0, None, "auto"), "`read_top` is 0; give a whole number from 1 on, such as 5"),
        (("toy", "two", None, "auto"), "`read_top` is 'two'"),
        (("toy", True, None, "auto"), "`read_top` is True"),
        (("toy", None, "gold", "auto"), "unknown `reader_question` 'gold'; use one of asked, parallel"),
    ],
)
def test_wrong_options(asked: tuple[Any, ...], says: str) -> None:
    with pytest.raises(XqgError, match=says):
        ReadingOptions.of(*asked)


def test_options() -> None:
    assert ReadingOptions.of(None, None, None, "auto") is None
    assert ReadingOptions.of("toy", None, None, "auto") == ReadingOptions("toy", 5, None, "auto")
    assert ReadingOptions.of("toy", 2, "asked", "float32") == ReadingOptions("toy", 2, "asked", "float32")
