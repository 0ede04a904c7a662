"""Folds of a benchmark: whole clusters, dealt out in turn."""

from __future__ import annotations

import pytest

from xqg.benchmarks.benchmark import Benchmark, deal
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
