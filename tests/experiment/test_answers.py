"""A reader in a comparison: EM and F1 per system, the ceiling, the forms of the question."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import xqg.reading
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.evaluation import parse_many, read_trec
from xqg.experiment import Request, compare
from xqg.experiment.answering import FormMeasure, forms_for
from xqg.experiment.arms import parse_arms
from xqg.experiment.settings import ReadingRequest
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

    def read(self, pairs: Sequence[tuple[str, Passage]], *, progress: bool = False) -> list[Span]:
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
    one = Reader()
    monkeypatch.setattr(xqg.reading, "load_reader", lambda name, **_: one)
    return one


def request_for(out: Path, **changes: object) -> Request:
    base = Request(
        arms=parse_arms("none,mono,cross"), out=out, measures="R@1 EM F1", reader=ReadingRequest("toy", 2)
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def test_em_is_that_of_the_surest_span_of_the_top_passages(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    out = tmp_path / "out"
    compare(tiny, str(bert_folder), request_for(out, queries_file=queries_file))
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
    request = request_for(tmp_path / "out", queries_file=queries_file, query_languages=("fi", "ja"))
    compare(tiny, str(bert_folder), request)
    assert all(question.startswith("en ") for question, _ in reader.asked)
    assert len(set(reader.asked)) == len(reader.asked)
    before = len(reader.asked)
    compare(tiny, str(bert_folder), request)  # everything was kept
    assert len(reader.asked) == before


def test_a_reader_of_all_languages_gets_both_forms(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    reader.languages = None
    comparison = compare(tiny, str(bert_folder), request_for(tmp_path / "out", queries_file=queries_file))
    assert [m.name for m in comparison.measures] == ["R@1", "EM", "F1", "EM(parallel)", "F1(parallel)"]
    assert comparison.primary_measure == "EM"
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
    (measure,) = parse_many("EM")
    assert FormMeasure(measure, "parallel").name == "EM(parallel)"  # type: ignore[arg-type]


def test_what_cannot_be_read_is_refused_before_anything_is_written(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, reader: Reader
) -> None:
    out = tmp_path / "out"
    alone = dataclasses.replace(tiny, questions=tiny.questions_in("fi"))
    request = request_for(out, reader=ReadingRequest("toy", 2, "parallel"), arms=parse_arms("none"))
    with pytest.raises(XqgError, match="no parallel one"):
        compare(alone, str(bert_folder), request)
    with pytest.raises(XqgError, match="EM needs a reader"):
        compare(tiny, str(bert_folder), request_for(out, reader=None, arms=parse_arms("none")))
    assert not out.exists()
