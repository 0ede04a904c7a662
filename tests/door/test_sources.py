"""What a caller names as passages or questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.benchmarks import load
from xqg.door.sources import open_passages, open_questions
from xqg.errors import XqgError
from xqg.passages import Passage, PassageFile, PassageList, Question, read_passages


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "text": "x", "n": 1}\n{"_id": "b", "text": "y", "language": "ja"}\n')
    return path


def test_a_file_and_a_folder_are_read_row_by_row(corpus: Path) -> None:
    for source in (corpus, corpus.parent):
        pool = open_passages(str(source), None, "fi")
        assert isinstance(pool.passages, PassageFile)
        assert list(pool.passages) == read_passages(corpus, "fi")
        assert pool.passages.languages == ("fi", "ja")
        assert pool.passage_length is None


def test_a_benchmark_is_in_memory() -> None:
    pool = open_passages("atlas")
    assert isinstance(pool.passages, PassageList)
    assert list(pool.passages) == list(load("atlas").passages)


def test_bad_rows_are_passed_over_where_asked(corpus: Path) -> None:
    with corpus.open("a") as more:
        more.write("{\n")
    with pytest.raises(XqgError, match=":3: broken JSON"):
        open_passages(str(corpus))
    pool = open_passages(str(corpus), skip_bad=True)
    assert [row.line for row in pool.passages.bad] == [3]
    assert len(pool.passages) == 2


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file"):
        open_passages(str(tmp_path / "absent.jsonl"))
    with pytest.raises(XqgError, match=r"no corpus\.jsonl in this folder"):
        open_passages(str(tmp_path))


def test_a_benchmark_as_it_is() -> None:
    benchmark = load("atlas")
    assert list(open_passages(benchmark).passages) == list(benchmark.passages)
    asked, languages = open_questions(benchmark, query_language="ja")
    assert asked == benchmark.questions_in("ja")
    assert set(languages) == {"ja"}
    with pytest.raises(XqgError, match="name `query_language`, one of"):
        open_questions(benchmark)


def test_data_goes_with_a_name() -> None:
    with pytest.raises(XqgError, match=r"`data` goes with a benchmark's name \(.*\), not with a list"):
        open_passages([Passage("a", "", "x", "en")], "folder")


def test_questions_of_a_list_and_of_nothing(tmp_path: Path) -> None:
    assert open_questions(["Who?"]) == ([Question("1", "Who?", "en")], [None])
    with pytest.raises(XqgError, match="no such file; give a JSONL file of questions, a BEIR folder, or one of atlas"):
        open_questions("Who?")
