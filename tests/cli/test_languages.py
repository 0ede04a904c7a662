"""`xqg languages` and `--fold`: the numbers of a mixed pool, and the questions of some clusters only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LANGUAGES = ("de", "en")
WORDS = ("fire", "river", "winter", "garden")


def jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A BEIR folder: four passages in each of two languages, four questions, asked in German."""
    folder = tmp_path / "mixed"
    (folder / "qrels").mkdir(parents=True)
    rows = [
        {"_id": f"{code}{n}", "title": "", "text": f"{code} {word}", "language": code}
        for code in LANGUAGES
        for n, word in enumerate(WORDS)
    ]
    jsonl(folder / "corpus.jsonl", rows)
    asked = [{"_id": f"q{n}", "text": f"de {word}", "language": "de"} for n, word in enumerate(WORDS)]
    jsonl(folder / "queries.jsonl", asked)
    lines = [f"q{n}\t{code}{n}\t1\n" for n in range(len(WORDS)) for code in LANGUAGES]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(lines))
    return folder


def test_a_table_for_each_system(xqg: Any, mixed: Path, bert_folder: Path) -> None:
    result = xqg("languages", mixed, "--encoder", bert_folder, "--lexical")
    assert result.code == 0, result.err
    dense, bm25 = (part.splitlines() for part in result.out.strip().split("\n\n"))
    assert dense[0].split()[-7:] == ["mono", "AP", "cross", "AP", "multi", "AP", "bias"]
    assert dense[1].split()[:2] == ["de", "1.0000"]  # the question is the German passage, word for word
    assert dense[2].split()[0] == "mean"
    # Both languages share the word; `de` stands in all German passages, which so come before or behind.
    assert bm25[1].split()[:3] == ["de", "1.0000", "1.0000"]


def test_json_has_settings_and_rows(xqg: Any, mixed: Path, bert_folder: Path) -> None:
    result = xqg("languages", mixed, "--encoder", bert_folder, "--fold", "1/2", "--json")
    found = json.loads(result.out)
    assert found["settings"]["benchmark"] == "mixed"
    assert found["settings"]["fold"] == "1/2"
    assert found["settings"]["encoder"]["dimension"] == 16
    (row, mean) = found["rows"]
    assert set(row) == {"system", "query_language", "mono", "cross", "multi", "bias"}
    assert (row["query_language"], mean["query_language"], row["mono"]) == ("de", "mean", 1.0)
    assert {**mean, "query_language": "de"} == row


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--fold", "1"], "--fold is '1'; give a fold's number, from 0, and how many there are, such as 0/5"),
        (["--fold", "1/x"], "--fold is '1/x'"),
        (["--fold", "2/2"], "fold 2 of 2; folds are numbered from 0 to 1"),
        (["--fold", "0/9"], "9 folds of its 4 clusters of questions; give 2 to 4"),
    ],
)
def test_folds_that_there_are_not(
    refused: Any, mixed: Path, bert_folder: Path, flags: list[str], says: str
) -> None:
    assert says in refused("languages", mixed, "--encoder", bert_folder, *flags)


def test_a_pool_of_one_language_is_refused(refused: Any, own: Path, bert_folder: Path) -> None:
    assert "own: its pool is in en alone" in refused("languages", own, "--encoder", bert_folder)


def test_a_comparison_of_a_fold(xqg: Any, refused: Any, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "compared"
    flags = [
        "--encoder",
        bert_folder,
        "--arms",
        "none",
        "--baselines",
        "bm25",
        "--measures",
        "R@1",
        "--out",
        out,
    ]
    result = xqg("compare", own, *flags, "--query-languages", "en", "--fold", "1/2")
    assert result.code == 0, result.err
    found = json.loads((out / "results.json").read_text())
    assert (found["settings"]["fold"], found["settings"]["questions"], found["settings"]["passages"]) == (
        "1/2",
        1,
        3,
    )
    # The bert knows no English; BM25 finds the only question of the fold, q2.
    assert [row["value"] for row in found["rows"] if row["arm"] == "bm25"] == [1.0]
    assert (out / "runs").is_dir()
    run = next(path for path in (out / "runs").rglob("*") if path.is_file() and "bm25" in str(path))
    assert {line.split()[0] for line in run.read_text().splitlines()} == {"q2"}
    error = refused("compare", own, *flags, "--query-languages", "en", "--fold", "0/2")
    assert 'fold is "1/2" there and "0/2" now' in error
    assert "--fold is '0:2'" in refused("compare", own, *flags, "--fold", "0:2")


def test_a_run_is_measured_on_a_fold_of_its_questions(
    xqg: Any, refused: Any, own: Path, tmp_path: Path
) -> None:
    run, out = tmp_path / "run.trec", tmp_path / "results"
    run.write_text("q1 Q0 rome 1 1 t\nq2 Q0 rome 1 1 t\nq3 Q0 tokyo 1 1 t\nq4 Q0 tokyo 1 1 t\n")
    flags = ["--benchmark", own, "--measures", "R@1", "--out", out]
    result = xqg("evaluate", run, *flags, "--fold", "0/2")  # q1 and q3, which one passage answers, and q4
    assert result.code == 0, result.err
    found = json.loads((out / "results.json").read_text())
    assert found["settings"]["fold"] == "0/2"
    assert {(row["query_language"], row["value"], row["questions"]) for row in found["rows"]} == {
        ("en", 0.0, 1), ("ja", 0.5, 2), ("macro", 0.25, 3),
    }  # fmt: skip
    run.write_text("q1 Q0 rome 1 1 t\nq4 Q0 tokyo 1 1 t\nq9 Q0 tokyo 1 1 t\n")
    flags[-1] = tmp_path / "other"
    assert "question 'q9' is not one of own's" in refused("evaluate", run, *flags, "--fold", "0/2")
