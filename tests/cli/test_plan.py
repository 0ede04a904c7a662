"""`xqg plan`: what it predicts from a sample, but for the time, which no test can hold it to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xqg.cli.plan import predict
from xqg.cli.sample import Sample, blocks_of, spread
from xqg.index import StoredIndex
from xqg.passages import Passage, PassageList


def test_places_are_spread_evenly() -> None:
    assert spread(5, 5) == [0, 1, 2, 3, 4]
    assert spread(100, 4) == [12, 37, 62, 87]
    assert spread(7, 1) == [3]


def test_blocks_of_a_pool() -> None:
    pool = PassageList([Passage(str(n), "", f"text {n}", "en") for n in range(10)])
    found = blocks_of(pool, 4, [0, 2])
    assert [[passage.id for passage in block] for block in found] == [["0", "1", "2", "3"], ["8", "9"]]


def test_a_prediction_in_numbers() -> None:
    sample = Sample(
        passages=640, blocks=10, stored=639, seconds=32.0, start=2.0, queries={"ja": 3200, "ru": 3190},
        texts=64_000, vector_bytes=(1 + 2) * 2 * 384, dimension=384,
    )  # fmt: skip
    facts = predict(sample, 6400, loading=5.0)
    assert facts["seconds"] == pytest.approx(5 + 2 + 320)
    assert facts["queries"] == {"ja": 32_000, "ru": 31_900}
    assert facts["disk_bytes"] == {
        "vectors": 6390 * 2304, "texts_and_queries": 640_000, "total": 6390 * 2304 + 640_000,
    }  # fmt: skip
    assert facts["flat_cache_bytes"] == 6390 * 4 * 384
    assert facts["sample"]["passages_per_second"] == 20.0


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
    assert facts["queries"] == index.manifest.counts.queries
    assert facts["vector_bytes_per_passage"] == (1 + 2) * 2 * 16
    assert facts["disk_bytes"]["total"] == pytest.approx(index.disk_bytes()["dataset"], rel=0.02)


def test_a_part_is_enough(xqg, corpus: Path, bert_folder: Path, tmp_path: Path, monkeypatch) -> None:
    queries = tmp_path / "queries.jsonl"
    rows = [{"passage_id": str(n), "language": "ja", "text": f"川{m}"} for n in range(40) for m in range(3)]
    queries.write_text("".join(json.dumps(row) + "\n" for row in rows))
    flags = [corpus, "--encoder", bert_folder, "--queries", queries, "--device", "cpu"]
    monkeypatch.setattr("xqg.cli.making.Making.block_size", 4)
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
    assert "alpha is 2.0" in refused(*common, "--alpha", "2")
    assert "'--sample'" in refused(*common, "--sample", "-1")
    assert "no such option: --out" in refused(*common, "--out", "index")
