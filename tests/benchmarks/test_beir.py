"""A BEIR folder of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.benchmarks import beir
from xqg.errors import XqgError

HEADER = "query-id\tcorpus-id\tscore\n"


def _folder(tmp_path: Path, judgements: str, *, split: str = "test", header: str = HEADER) -> Path:
    folder = tmp_path / "mine"
    (folder / "qrels").mkdir(parents=True)
    passages = [{"_id": f"p{i}", "title": f"t{i}", "text": f"text {i}"} for i in range(1, 7)]
    passages[0]["language"] = "fi"
    questions = [{"_id": f"q{i}", "text": f"question {i}?", "language": "ja"} for i in range(1, 6)]
    questions.append({"_id": "q6", "text": "no language"})
    for name, rows in (("corpus", passages), ("queries", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "qrels" / f"{split}.tsv").write_text(header + judgements)
    return folder


def test_passages_questions_and_judgements(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "q1\tp1\t1\r\nq1\tp2\t0\nq2\tp3\t2\n\nq3\tp3\t0\nq6\tp4\t1\n")
    benchmark = beir.load(folder, "de")
    assert benchmark.name == "mine"
    assert [(p.id, p.language) for p in benchmark.passages[:2]] == [("p1", "fi"), ("p2", "de")]
    assert [(q.id, q.language) for q in benchmark.questions] == [("q1", "ja"), ("q2", "ja"), ("q6", "de")]
    assert benchmark.qrels == {"q1": {"p1": 1, "p2": 0}, "q2": {"p3": 2}, "q6": {"p4": 1}}
    assert benchmark.groups == {"q1": "p1", "q2": "p3", "q6": "p4"}


def test_questions_that_share_a_relevant_passage_are_one_cluster(tmp_path: Path) -> None:
    # q1 - p3 - q2 - p2 - q3 is a chain; q4 shares with q5 only a passage that is not relevant to q4.
    folder = _folder(
        tmp_path, "q1\tp3\t1\nq2\tp3\t1\nq2\tp2\t1\nq3\tp5\t1\nq3\tp2\t1\nq4\tp4\t1\nq4\tp6\t0\nq5\tp6\t1\n"
    )
    groups = beir.load(folder).groups
    assert groups == {"q1": "p2", "q2": "p2", "q3": "p2", "q4": "p4", "q5": "p6"}


def test_another_split_and_the_fingerprint(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "q1\tp1\t1\n", split="dev")
    before = beir.load(folder, split="dev").fingerprint
    with pytest.raises(XqgError, match=r"test\.tsv: no such file; .*\(dev\)"):
        beir.load(folder)
    (folder / "qrels" / "dev.tsv").write_text(HEADER + "q1\tp1\t2\n")
    assert beir.load(folder, split="dev").fingerprint != before


@pytest.mark.parametrize(
    ("judgements", "message"),
    [
        ("q1\tp1\t1\nq9\tp1\t1\n", r"test\.tsv:3: 'q9' is not in queries\.jsonl"),
        ("q1\tp9\t1\n", r"test\.tsv:2: 'p9' is not in corpus\.jsonl"),
        ("q1\tp1\t0.5\n", r"test\.tsv:2: score '0\.5' is not a whole number"),
        ("q1 p1 1\n", r"test\.tsv:2: 1 columns instead of 3"),
        ("q1\t0\tp1\t1\n", r"test\.tsv:2: 4 columns instead of 3"),
        ("q1\tp1\t1\nq1\tp1\t0\n", r"test\.tsv:3: .* another grade"),
        ("q1\tp1\t0\n", "no judgement with a score above 0"),
        ("", "no judgement with a score above 0"),
    ],
)
def test_malformed_judgements_are_refused(tmp_path: Path, judgements: str, message: str) -> None:
    with pytest.raises(XqgError, match=message):
        beir.load(_folder(tmp_path, judgements))


def test_a_missing_header_or_file_is_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "q1\tp1\t1\n", header="")
    with pytest.raises(XqgError, match=r"test\.tsv:1: not the header line"):
        beir.load(folder)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(XqgError, match=r"corpus\.jsonl: no such file"):
        beir.load(folder)
