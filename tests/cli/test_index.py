"""`xqg index` as a user meets it: filters, given vectors, bad passages, interruptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stored_rows import rows_digest
from xqg.index import StoredIndex
from xqg.queries import Seq2SeqGenerator


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def facts_of(told: str) -> dict[str, str]:
    """`xqg info`'s lines by name."""
    pairs = (line.split("  ", 1) for line in told.splitlines())
    return {name: fact.strip() for name, fact in pairs}


def matrix(folder: Path, values: Any, ids: str = "rhine\ntokyo\nrome\n") -> list[object]:
    """`--vectors` and `--ids` of the three passages, in an order of their own."""
    np.save(folder / "vectors.npy", np.asarray(values, dtype=np.float32))
    (folder / "ids.txt").write_text(ids)
    return ["--vectors", folder / "vectors.npy", "--ids", folder / "ids.txt"]


def test_a_folder_of_queries(xqg, own: Path, queries_file: Path, bert_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    rows = queries_file.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "a.jsonl").write_text("".join(rows[:4]), encoding="utf-8")
    (folder / "b.jsonl").write_text("".join(rows[4:]), encoding="utf-8")
    common = ["index", own, "--encoder", bert_folder]
    assert xqg(*common, "--queries", folder, "--out", tmp_path / "a").code == 0
    assert xqg(*common, "--queries", queries_file, "--out", tmp_path / "b").code == 0
    a, b = (StoredIndex.open(tmp_path / name) for name in "ab")
    assert (rows_digest(a), a.counts) == (rows_digest(b), b.counts)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two Japanese queries, one of which is Russian, and a Russian one that is."""
    rows = [
        {"passage_id": "tokyo", "language": "ja", "text": "日本の首都はどこですか?"},
        {"passage_id": "rome", "language": "ja", "text": "Где находится столица этой страны?"},
        {"passage_id": "rhine", "language": "ru", "text": "Какая река течёт через город?"},
    ]
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_wrong_languages_are_told(xqg, own: Path, mixed: Path, bert_folder: Path, tmp_path: Path) -> None:
    common = ["index", own, "--encoder", bert_folder, "--queries", mixed]
    made = xqg(*common, "--out", tmp_path / "a")
    assert "3 generated queries (ja 2, ru 1)" in made.out
    assert "\nwrong language: ja 50.0 % of 2, ru 0.0 % of 1\n" in made.out
    info = facts_of(xqg("info", tmp_path / "a").out)
    assert info["wrong language"] == "ja 50.0 % of 2, ru 0.0 % of 1"
    quiet = xqg(*common, "--no-language-report", "--out", tmp_path / "b")
    assert (quiet.code, quiet.err) == (0, "")
    assert "wrong language" not in quiet.out
    assert StoredIndex.open(tmp_path / "b").counts.wrong_language == {}


def test_filters(xqg, own: Path, mixed: Path, bert_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "index"
    made = xqg(
        "index", own, "--encoder", bert_folder, "--queries", mixed, "--filter", "language", "--out", out
    )
    assert made.code == 0, made.err
    assert "2 generated queries (ja 1, ru 1)" in made.out
    assert "\nremoved by language: ja 1, ru 0\n" in made.out
    index = StoredIndex.open(out)
    assert (index.manifest.filters, index.counts.removed) == (("language",), {"ja": 1, "ru": 0})
    info = facts_of(xqg("info", out).out)
    assert (info["filters"], info["removed"]) == ("language", "ja 1, ru 0")


def test_vectors_that_are_there_already(xqg, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    values = np.arange(48).reshape(3, 16)
    out = tmp_path / "index"
    made = xqg("index", own, "--encoder", bert_folder, *matrix(tmp_path, values), "--out", out)
    assert made.code == 0, made.err
    p, _ = StoredIndex.open(out).parts()
    assert p.tolist() == values[[1, 2, 0]].tolist()  # tokyo, rome, rhine


def test_vectors_that_do_not_fit(refused, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    common = ["index", own, "--encoder", bert_folder, "--out", tmp_path / "index"]
    small = matrix(tmp_path, np.ones((3, 8)))
    assert f"vectors of 8 dimensions, but encoder {bert_folder} has 16" in refused(*common, *small)
    fewer = matrix(tmp_path, np.ones((2, 16)), "rhine\ntokyo\n")
    assert f"{tmp_path / 'ids.txt'}: no vector for passage 'rome'; add it" in refused(*common, *fewer)
    assert "--vectors and --ids go together" in refused(*common, *fewer[:2])
    assert "--vectors and --ids go together" in refused(*common, *fewer[2:])
    assert not list(tmp_path.glob("index*"))


def test_bad_rows_and_bad_vectors_are_left_out_and_listed(
    xqg, refused, own: Path, bert_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "index"
    with (own / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "empty", "text": ""}\n{"_id": "broken"\n')
    values = np.ones((3, 16))
    values[2, 5] = 1e6  # rome; more than float16 holds
    common = ["index", own, "--encoder", bert_folder, *matrix(tmp_path, values), "--out", out]
    assert ":4: passage 'empty' is empty" in refused(*common)
    assert not list(tmp_path.glob("index*"))
    made = xqg(*common, "--skip-bad")
    assert made.code == 0, made.err
    assert "2 passages" in made.out
    assert f"skipped: 2 bad rows, 1 passages for their vectors; see {out}.bad.jsonl" in made.out
    assert "2 bad rows are left out, the first in line 4: passage 'empty' is empty" in made.err
    rows = read_rows(tmp_path / "index.bad.jsonl")
    assert [row.get("line") for row in rows] == [4, 5, None]
    assert rows[2]["id"] == "rome"
    assert "too large for float16" in rows[2]["reason"]
    assert StoredIndex.open(out).ids() == ["tokyo", "rhine"]
    assert facts_of(xqg("info", out).out)["skipped"] == "3 bad ones"


def test_queries_for_bad_rows_are_left_out_too(
    xqg, refused, own: Path, queries_file: Path, bert_folder: Path, tmp_path: Path
) -> None:
    with (own / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "empty", "text": ""}\n')
    with queries_file.open("a", encoding="utf-8") as file:
        file.write('{"passage_id": "empty", "language": "ja", "text": "何?"}\n')
    common = ["index", own, "--encoder", bert_folder, "--queries", queries_file, "--out", tmp_path / "index"]
    made = xqg(*common, "--skip-bad")
    assert made.code == 0, made.err
    assert f"left out: 1 queries of {queries_file}" in made.out
    assert StoredIndex.open(tmp_path / "index").counts.queries == {"ja": 5, "ru": 3}


def test_an_interrupted_build_goes_on(
    xqg, refused, own: Path, bert_folder: Path, mt5_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    common = [
        "index", own, "--encoder", bert_folder, "--generator", mt5_folder, "--languages", "ja,ru",
        "--per-language", "1", "--block-size", "2",
    ]  # fmt: skip
    assert xqg(*common, "--out", tmp_path / "whole").code == 0
    real, calls = Seq2SeqGenerator.generate_block, []

    def stops(self, *rest):
        calls.append(rest)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *rest)

    monkeypatch.setattr(Seq2SeqGenerator, "generate_block", stops)
    out = tmp_path / "again"
    stopped = xqg(*common, "--out", out)
    assert (stopped.code, stopped.err) == (130, "xqg: error: interrupted; the same command goes on where it stopped\n")
    assert not out.exists()
    other = refused(*common, "--seed", "1", "--out", out)
    assert "an interrupted `xqg index` was begun with another seed (0, now 1); run it as before" in other
    made = xqg(*common, "--out", out)
    assert (made.code, made.err) == (0, "")
    assert len(calls) == 3 + 2  # four blocks, of which two were kept
    assert rows_digest(StoredIndex.open(out)) == rows_digest(StoredIndex.open(tmp_path / "whole"))
    again = xqg(*common, "--out", out)
    assert (again.code, again.err, len(calls)) == (0, "", 5)
    assert again.out == f"{out}: this command made it before; nothing was done\n{made.out}"
    assert "already there and not empty" in refused(*common, "--seed", "1", "--out", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "own", "whole"]


def test_a_log_says_how_far_it_is(xqg, own: Path, bert_folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("xqg.progress.EVERY", 0)
    made = xqg("index", own, "--encoder", bert_folder, "--out", tmp_path / "index")
    assert made.err.splitlines()[-1].startswith("3 of 3 passages, ")


def test_info_of_fields_and_engine(xqg, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    rows = read_rows(own / "corpus.jsonl")
    rows[0]["year"], rows[1]["tags"] = 1868, ["old", "city"]
    (own / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert xqg("index", own, "--encoder", bert_folder, "--out", tmp_path / "index").code == 0
    info = facts_of(xqg("info", tmp_path / "index").out)
    assert info["fields"] == "tags (list<string>), year (int64)"
    assert (info["engine"], info["weighting"]) == ("Flat", "alpha 0.01, raw")
    assert not {"filters", "removed", "skipped", "wrong language"} & set(info)


def test_an_engine_is_built_at_once(xqg, refused, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    common = ["index", own, "--encoder", bert_folder, "--out", tmp_path / "index"]
    needs = refused(*common, "--engine", "IVF64,Flat")
    assert "needs at least 2,496 passages to be trained on, there are 3" in needs
    assert not list(tmp_path.glob("index*"))
    made = xqg(*common, "--engine", "HNSW4")
    assert made.code == 0, made.err
    assert made.out.endswith(", engine HNSW4\n")
    assert "HNSW4" in made.err  # how long it took, and what it finds
    assert StoredIndex.open(tmp_path / "index").disk_bytes()["cache"] > 0


def test_info_of_another_weighting(
    xqg, own: Path, queries_file: Path, bert_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "index"
    assert xqg("index", own, "--encoder", bert_folder, "--queries", queries_file, "--out", out).code == 0
    assert facts_of(xqg("info", out).out)["weighting"] == "alpha 0.01, raw"
    assert xqg("reweight", out, "--languages", "ja", "--alpha", "0.2").code == 0
    assert facts_of(xqg("info", out).out)["weighting"] == "alpha 0.2, raw, ja only"
