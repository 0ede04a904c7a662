"""`xqg export`: its flags, what it says, and what another command reads back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stored_rows import rows_digest
from xqg.index import StoredIndex


def test_vectors(xqg, build, tmp_path: Path) -> None:
    index, out = build(), tmp_path / "out"
    result = xqg("export", index.path, "--to", "npy", "--out", out, "--alpha", "0.5", "--languages", "ru,ja")
    assert result.code == 0
    assert result.out == (
        f"{out}: 7 vectors of 8 dimensions, alpha 0.5, raw, queries in ja, ru, from version 1 of {index.path}\n"
    )
    np.testing.assert_array_equal(np.load(out / "vectors.npy"), index.fused(0.5, None, ["ja", "ru"]))


def test_a_built_index_to_beir_and_back(
    xqg, own: Path, queries_file: Path, bert_folder: Path, tmp_path: Path
) -> None:
    """A BEIR folder and queries as files make the same index again."""
    first, second = tmp_path / "first", tmp_path / "second"
    arguments = ["--encoder", bert_folder, "--out"]
    assert xqg("index", own, *arguments, first, "--queries", queries_file).code == 0
    assert xqg("export", first, "--to", "beir", "--out", tmp_path / "beir").code == 0
    assert xqg("export", first, "--to", "trec-queries", "--out", tmp_path / "trec").code == 0
    queries = tmp_path / "trec" / "queries.jsonl"
    assert xqg("index", tmp_path / "beir", *arguments, second, "--queries", queries).code == 0
    assert rows_digest(StoredIndex.open(second)) == rows_digest(StoredIndex.open(first))


def test_refusals(refused, build, tmp_path: Path) -> None:
    path, out = build().path, tmp_path / "out"
    arguments = ["export", path, "--out", out, "--to"]
    assert "unknown format 'csv'; use one of beir, faiss, npy, trec-queries" in refused(*arguments, "csv")
    assert "no generated queries in 'fi'" in refused(*arguments, "npy", "--languages", "fi")
    assert "unknown language code 'xx'" in refused(*arguments, "npy", "--languages", "xx")
    assert "alpha" in refused(*arguments, "npy", "--alpha", "2")
    assert "--alpha weighs vectors, and beir holds texts alone" in refused(
        *arguments, "beir", "--alpha", "0.1"
    )
    assert "create it first" in refused("export", path, "--to", "npy", "--out", out / "deep" / "out")
    assert "no such folder" in refused("export", tmp_path / "absent", "--to", "npy", "--out", out)
    assert not out.exists()
    out.write_text("mine")
    assert "is a file" in refused(*arguments, "npy")
    assert out.read_text() == "mine"
