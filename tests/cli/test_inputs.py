"""What a command line names as passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.cli.inputs import open_pool, read_pool
from xqg.errors import XqgError
from xqg.passages import PassageFile, PassageList


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text('{"_id": "a", "text": "x", "n": 1}\n{"_id": "b", "text": "y", "language": "ja"}\n')
    return path


def test_a_file_and_a_folder_are_read_row_by_row(corpus: Path) -> None:
    for source in (corpus, corpus.parent):
        pool = open_pool(str(source), None, "fi")
        assert isinstance(pool.passages, PassageFile)
        assert list(pool.passages) == read_pool(str(source), None, "fi").passages
        assert pool.passages.languages == ("fi", "ja")
        assert pool.passage_length is None


def test_a_benchmark_is_in_memory() -> None:
    pool = open_pool("atlas", None, None)
    assert isinstance(pool.passages, PassageList)
    assert list(pool.passages) == read_pool("atlas", None, None).passages


def test_bad_rows_are_passed_over_where_asked(corpus: Path) -> None:
    with corpus.open("a") as more:
        more.write("{\n")
    with pytest.raises(XqgError, match=":3: broken JSON"):
        open_pool(str(corpus), None, None)
    pool = open_pool(str(corpus), None, None, skip_bad=True)
    assert [row.line for row in pool.passages.bad] == [3]
    assert len(pool.passages) == 2


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file"):
        open_pool(str(tmp_path / "absent.jsonl"), None, None)
    with pytest.raises(XqgError, match=r"no corpus\.jsonl in this folder"):
        open_pool(str(tmp_path), None, None)
