"""`search` and `retrieve` with --where, --hybrid and --engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.evaluation import read_trec

QUESTION = "What is the capital of Japan?"


def jsonl(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def index(xqg, tmp_path: Path, static_folder: Path) -> Path:
    """Three passages with a year, one of them without; two Japanese queries each."""
    rows = [
        {
            "_id": "tokyo",
            "title": "Tokyo",
            "text": "The capital of Japan is Tokyo.",
            "language": "en",
            "year": 1868,
        },
        {
            "_id": "rome",
            "title": "Rome",
            "text": "The Roman empire fell in 476.",
            "language": "en",
            "year": 476,
        },
        {"_id": "rhine", "title": "", "text": "The river flows through Köln.", "language": "en"},
    ]
    queries = [
        {"passage_id": row["_id"], "language": "ja", "text": f"{row['_id']} の質問{n}"}
        for row in rows
        for n in range(2)
    ]
    passages = jsonl(tmp_path / "passages.jsonl", rows)
    made = jsonl(tmp_path / "queries.jsonl", queries)
    result = xqg(
        "index", passages, "--encoder", static_folder, "--queries", made, "--out", tmp_path / "index"
    )
    assert result.code == 0, result.err
    return tmp_path / "index"


def ids(text: str) -> list[str]:
    return [row["id"] for row in json.loads(text)]


def test_where(xqg, index: Path) -> None:
    everything = xqg("search", index, QUESTION, "--json")
    assert len(ids(everything.out)) == 3
    some = xqg("search", index, QUESTION, "--json", "--where", "year >= 400 AND year < 500")
    assert (some.code, some.err, ids(some.out)) == (0, "", ["rome"])
    none = xqg("search", index, QUESTION, "--where", "year > 3000")
    assert (none.code, none.out, none.err) == (0, "", "")
    assert json.loads(xqg("search", index, QUESTION, "--where", "year > 3000", "--json").out) == []


def test_fields_in_json_only(xqg, index: Path) -> None:
    rows = {row["id"]: row for row in json.loads(xqg("search", index, QUESTION, "--json").out)}
    assert {id_: row["fields"] for id_, row in rows.items()} == {
        "tokyo": {"year": 1868},
        "rome": {"year": 476},
        "rhine": {},
    }
    assert "1868" not in xqg("search", index, QUESTION).out


def test_hybrid(xqg, index: Path) -> None:
    found = xqg("search", index, "rhine の質問", "--hybrid", "--json")
    assert (found.code, found.err) == (0, "")
    assert set(ids(found.out)) == {"tokyo", "rome", "rhine"}
    # "の質問" stands in the queries of all three: each is ranked twice, at 1 to 3
    assert all(2 / 63 <= row["score"] + 1e-6 <= 2 / 61 + 2e-6 for row in json.loads(found.out))


def test_an_engine_that_approximates(xqg, refused, index: Path) -> None:
    flat = xqg("search", index, QUESTION, "--json")
    first = xqg("search", index, QUESTION, "--engine", "HNSW8", "--json")
    assert ids(first.out) == ids(flat.out)
    assert first.err.startswith("HNSW8 over 3 passages built in ")  # said once, not in the output
    again = xqg("search", index, QUESTION, "--engine", "HNSW8:efSearch=9", "--json")
    assert (again.err, ids(again.out)) == ("", ids(flat.out))
    for flags in (["--alpha", "0.5"], ["--languages", "auto"]):
        error = refused("search", index, QUESTION, "--engine", "HNSW8", *flags)
        assert "--engine Flat" in error
        assert "xqg reweight" in error


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--engine", "Bogus"], "could not parse index string Bogus"),
        (["--engine", "IVF8,Flat"], "needs at least 312 passages"),
        (["--engine", "HNSW8:nprobe=2"], "no search parameter 'nprobe'"),
        (["--engine", "HNSW8", "--alpha", "0.5"], "give --engine Flat"),
        (["--engine", "HNSW8", "--languages", "auto", "--hybrid"], "give --engine Flat"),
        (["--where", "age > 3"], "--where 'age > 3'"),
    ],
)
def test_refused_before_a_model_is_loaded(
    refused, index: Path, tmp_path: Path, monkeypatch, flags: list[str], says: str
) -> None:
    monkeypatch.setattr("xqg.encoding.load_encoder", lambda *given, **more: pytest.fail("loaded"))
    questions = jsonl(tmp_path / "asked.jsonl", [{"_id": "q1", "text": QUESTION, "language": "en"}])
    assert says in refused("search", index, QUESTION, *flags)
    assert says in refused("retrieve", index, questions, "--out", tmp_path / "run", *flags)
    assert not (tmp_path / "run").exists()


def test_retrieve(xqg, index: Path, tmp_path: Path) -> None:
    questions = jsonl(
        tmp_path / "asked.jsonl",
        [{"_id": f"q{n}", "text": QUESTION, "language": "en"} for n in range(2)],
    )
    out = tmp_path / "run"
    result = xqg(
        "retrieve", index, questions, "--out", out, "--where", "year > 0", "--hybrid", "--engine", "HNSW8"
    )
    assert result.code == 0, result.err
    assert result.out == f"{out}: 2 questions, 2 passages each\n"
    assert {id_ for id_, _ in read_trec(out)["q1"]} == {"tokyo", "rome"}
    none = xqg("retrieve", index, questions, "--out", tmp_path / "none", "--where", "year > 3000")
    assert (none.code, none.err) == (0, "")
    assert none.out == f"{tmp_path / 'none'}: 2 questions, 0 passages each\n"
    assert (tmp_path / "none").read_text() == ""
