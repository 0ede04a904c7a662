"""A benchmark: of a name, a folder or itself; its short form; its folds, of whole clusters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xqg.benchmarks import BENCHMARKS, benchmark
from xqg.benchmarks.benchmark import Benchmark, deal
from xqg.benchmarks.tsv_pool import TsvPool
from xqg.errors import XqgError
from xqg.passages import Passage, Question

GROUPS = {"q0": "B", "q1": "B", "q2": "A", "q3": "C", "q4": "D", "q5": "A"}
BENCHMARK = Benchmark(
    name="toy",
    passages=[Passage(f"p{n}", "", "text", "en") for n in range(6)],
    questions=[Question(f"q{n}", "?", code) for code in ("fi", "ja") for n in range(6)],
    qrels={f"q{n}": {f"p{n}": 1} for n in range(6)},
    groups=GROUPS,
    fingerprint="sha256:toy",
    tuning_questions=[Question("t", "?", "fi")],
    tuning_qrels={"t": {"p0": 1}},
)


def test_clusters_are_dealt_in_the_order_in_which_they_first_occur() -> None:
    assert deal(GROUPS, 3) == {"q0": 0, "q1": 0, "q2": 1, "q3": 2, "q4": 0, "q5": 1}


def test_a_fold_asks_its_questions_over_the_whole_pool() -> None:
    fold = BENCHMARK.fold(1, 3)
    assert [(q.id, q.language) for q in fold.questions] == [
        ("q2", "fi"),
        ("q5", "fi"),
        ("q2", "ja"),
        ("q5", "ja"),
    ]
    assert fold.qrels == {"q2": {"p2": 1}, "q5": {"p5": 1}}
    assert fold.groups == {"q2": "A", "q5": "A"}
    assert fold.passages == BENCHMARK.passages
    assert (fold.tuning_questions, fold.tuning_qrels) == (BENCHMARK.tuning_questions, BENCHMARK.tuning_qrels)
    assert len(BENCHMARK.questions) == 12  # untouched


def test_the_folds_are_all_questions_once() -> None:
    folds = [BENCHMARK.fold(number, 4) for number in range(4)]
    assert sorted(id_ for fold in folds for id_ in fold.groups) == sorted(GROUPS)


@pytest.mark.parametrize(
    ("number", "folds", "says"),
    [
        (3, 3, "fold 3 of 3; folds are numbered from 0 to 2"),
        (-1, 3, "fold -1 of 3; folds are numbered from 0 to 2"),
        (0, 1, "toy: 1 folds of its 4 clusters of questions; give 2 to 4"),
        (0, 5, "toy: 5 folds of its 4 clusters of questions; give 2 to 4"),
    ],
)
def test_no_such_fold(number: int, folds: int, says: str) -> None:
    with pytest.raises(XqgError, match=says):
        BENCHMARK.fold(number, folds)


def test_of_a_name_a_folder_or_itself(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "p", "text": "Rome"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "?", "language": "ja"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\tp\t1\n")
    own = benchmark(folder, passage_language="it")
    assert (own.name, own.passage_languages) == ("own", ("it",))
    assert benchmark(str(folder)).fingerprint == own.fingerprint
    assert benchmark(own) is own
    assert benchmark("atlas-r", passage_language="fi").name == "atlas-r"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"benchmark": 5}, "`benchmark` is 5; give a name, a BEIR folder, or a Benchmark"),
        ({"benchmark": None}, "`benchmark` is None"),
        ({"benchmark": "nothing"}, "unknown benchmark 'nothing': it is neither one of atlas, atlas-r, xor-tydi, xquad"),
        ({"benchmark": BENCHMARK, "data": "x"}, "`data` goes with a benchmark's name, and toy is loaded; leave it out"),
        ({"benchmark": BENCHMARK, "passage_language": "en"}, "`passage_language` goes with a benchmark's name"),
    ],
)
def test_what_is_no_benchmark(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(XqgError, match=message):
        benchmark(**arguments)


def test_a_short_repr() -> None:
    assert repr(benchmark("atlas-r", passage_language="fi")) == (
        "atlas-r: 962 passages (fi), 5,104 questions in 8 languages"
    )
    assert repr(benchmark("atlas-r")).startswith("atlas-r: 7,696 passages (8 languages), ")
    one = Benchmark("<b>", [Passage("p", "", "t", "en")], [Question("q", "?", "ja")], {}, {}, "")
    assert repr(one) == "<b>: 1 passages (en), 1 questions in ja"
    assert one._repr_html_() == (
        "<b>&lt;b&gt;</b>: 1 passages (en)<table><tr><th>questions in</th><th>ja</th></tr>"
        "<tr><td>1</td><td>1</td></tr></table>"
    )


def test_a_pool_on_the_disk_is_not_read_for_a_repr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "passages.tsv"
    path.write_text("id\ttext\ttitle\n1\ta text\t\n2\tanother\t\n")
    pool = TsvPool(path, "en")
    one = Benchmark("big", pool, [Question("q", "?", "ja")], {}, {}, "")
    assert repr(one) == "big: passages (en), 1 questions in ja"
    assert len(pool) == 2
    assert repr(one) == "big: 2 passages (en), 1 questions in ja"


def test_every_name_is_a_file() -> None:
    assert list(BENCHMARKS) == ["atlas", "atlas-r", "xor-tydi", "xquad", "xquad-r"]
    assert all(callable(loader) for _, loader in BENCHMARKS.items())
