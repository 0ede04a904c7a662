"""`xqg plan`: what it predicts from a sample, but for the time, which no test can hold it to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.index import StoredIndex


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Ten blocks of four passages."""
    path = tmp_path / "corpus.jsonl"
    rows = [{"_id": str(n), "title": f"Title {n}", "text": f"The river number {n} flows."} for n in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_whole_sample_predicts_what_then_happens(
    xqg, corpus: Path, bert_folder: Path, mt5_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    flags = [
        corpus, "--encoder", bert_folder, "--generator", mt5_folder, "--languages", "ja,ru",
        "--per-language", "2", "--block-size", "4", "--device", "cpu",
    ]  # fmt: skip
    planned = xqg("plan", *flags, "--sample", "100", "--json")
    assert (planned.code, planned.err) == (0, "")
    assert not list(temporary.iterdir())
    facts = json.loads(planned.out)
    assert (facts["passages"], facts["sample"]["passages"], facts["sample"]["blocks"]) == (40, 40, 10)
    assert facts["seconds"] > facts["sample"]["seconds"] > 0
    assert xqg("index", *flags, "--out", tmp_path / "index").code == 0
    index = StoredIndex.open(tmp_path / "index")
    assert facts["queries"] == index.counts.queries
    assert facts["vector_bytes_per_passage"] == (1 + 2) * 2 * 16
    assert facts["disk_bytes"]["total"] == pytest.approx(index.disk_bytes()["dataset"], rel=0.02)


def test_a_part_is_enough(xqg, corpus: Path, bert_folder: Path, tmp_path: Path, monkeypatch) -> None:
    queries = tmp_path / "queries.jsonl"
    rows = [{"passage_id": str(n), "language": "ja", "text": f"川{m}"} for n in range(40) for m in range(3)]
    queries.write_text("".join(json.dumps(row) + "\n" for row in rows))
    flags = [corpus, "--encoder", bert_folder, "--queries", queries, "--device", "cpu"]
    monkeypatch.setattr("xqg.door.blueprint.Blueprint.block_size", 4)
    told = xqg("plan", *flags, "--sample", "0")
    assert (told.code, told.err) == (0, "")
    lines = dict(line.split("  ", 1) for line in told.out.splitlines())
    assert lines["sample"].strip().startswith("4 of 40 passages (1 blocks of 4) in ")
    assert lines["queries"].strip() == "120 (ja 120)"
    assert "vectors 2.6 kB (64 bytes per passage)" in lines["disk"]
    assert lines["cache"].strip() == "2.6 kB more where the engine is Flat"
    assert lines["time"].strip().startswith("0.00 hours (")


def test_plan_refuses_what_index_refuses(refused, corpus: Path, bert_folder: Path) -> None:
    common = ["plan", corpus, "--encoder", bert_folder]
    assert "--generator needs --languages" in refused(*common, "--generator", "mini")
    assert "--alpha is 2.0" in refused(*common, "--alpha", "2")
    assert "'--sample'" in refused(*common, "--sample", "-1")
    assert "no such option: --out" in refused(*common, "--out", "index")
