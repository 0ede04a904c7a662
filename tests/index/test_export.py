"""Exports: what is written is what is stored, other readers read it, and nothing half-written stays."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.benchmarks import beir
from xqg.errors import XqgError
from xqg.index import Generation, StoredIndex
from xqg.index.export import FORMATS, export_index
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.passages import Passage, PassageFile, read_passages, read_questions
from xqg.queries import queries_by_language, read_queries

VECTORS = ("npy", "faiss")


@pytest.fixture
def rich() -> list[Passage]:
    """Passages with fields of every type; some have none."""
    fields: list[dict[str, Any]] = [
        {"year": 2000, "score": 1.0, "open": True, "tags": ["a", "ü\n"], "source": '{"a": 1}'},
        {"score": -0.0, "tags": []},
        {},
    ]
    return [
        Passage(f"d{n}", "Ti\tle" if n else "", f"Text\n{n} 日本", "en", row) for n, row in enumerate(fields)
    ]


def vectors_in(folder: Path, to: str) -> np.ndarray:
    if to == "npy":
        return np.load(folder / "vectors.npy")
    import faiss

    flat = faiss.read_index(str(folder / "vectors.faiss"))
    assert isinstance(flat, faiss.IndexFlatIP)
    return flat.reconstruct_n(0, flat.ntotal)


@pytest.mark.parametrize("to", VECTORS)
@pytest.mark.parametrize("rows", [2, 1000])
def test_vectors_are_the_stored_weighting(build, tmp_path: Path, monkeypatch, to: str, rows: int) -> None:
    path = build().path
    remove_passages(path, ["p3"])
    index = reweight_index(path, alpha=0.3, languages=["ru"], fusion="normalised")
    wanted = index.fused()
    monkeypatch.setattr("xqg.index.store.SCAN_ROWS", rows)
    export_index(index, tmp_path / "out", to)
    found = vectors_in(tmp_path / "out", to)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, wanted)
    assert (tmp_path / "out" / "ids.txt").read_text().splitlines() == index.ids()


@pytest.mark.parametrize("to", VECTORS)
def test_vectors_of_another_weighting(build, tmp_path: Path, to: str) -> None:
    index = build()
    told = export_index(index, tmp_path / "out", to, alpha=0.5, languages=["zh-Hant", "ja"])
    assert told == "7 vectors of 8 dimensions, alpha 0.5, raw, queries in ja, zh_Hant"
    np.testing.assert_array_equal(vectors_in(tmp_path / "out", to), index.fused(0.5, None, ["ja", "zh_Hant"]))
    record = json.loads((tmp_path / "out" / "export.json").read_text())
    assert record["format"] == to
    assert record["version"] == 1
    assert record["weighting"] == {"alpha": 0.5, "fusion": "raw", "languages": ["ja", "zh_Hant"]}
    assert record["encoder"]["fingerprint"] == "fake-8"
    assert (record["passages"], record["manifest"]["languages"]) == (7, ["ja", "ru", "zh_Hant"])
    assert record["dimension"] == 8


def test_an_earlier_version(build, tmp_path: Path) -> None:
    path = build().path
    remove_passages(path, ["p3"])
    export_index(StoredIndex.open(path, 1), tmp_path / "out", "npy")
    np.testing.assert_array_equal(np.load(tmp_path / "out" / "vectors.npy"), StoredIndex.open(path, 1).fused())


def test_beir_is_read_back(build, rich: list[Passage], tmp_path: Path) -> None:
    index = build(passages=rich, queries={"ja": {"d0": ["質問", "質\t問\n2"]}})
    export_index(index, tmp_path / "out", "beir")
    found = read_passages(tmp_path / "out" / "corpus.jsonl")
    assert found == rich
    for one, wanted in zip(found, rich, strict=True):
        assert {name: type(value) for name, value in one.fields.items()} == {
            name: type(value) for name, value in wanted.fields.items()
        }
    assert PassageFile(tmp_path / "out" / "corpus.jsonl").fields == index.fields


def test_beir_queries_are_questions(build, generated, tmp_path: Path) -> None:
    told = export_index(build(), tmp_path / "out", "beir")
    found = beir.load(tmp_path / "out", split="generated")
    assert told == "7 passages, 32 generated queries as questions"
    wanted = {
        f"{id_}#{code}#{n}": (text, code, id_)
        for code, by_passage in generated.items()
        for id_, texts in by_passage.items()
        for n, text in enumerate(texts)
        if text.strip()
    }
    assert {one.id: (one.text, one.language, *found.qrels[one.id]) for one in found.questions} == wanted
    assert all(grades == {wanted[id_][2]: 1} for id_, grades in found.qrels.items())
    assert "p3#ja#2" in wanted  # numbers count the blank one before it


def test_beir_in_some_languages(build, tmp_path: Path) -> None:
    export_index(build(), tmp_path / "out", "beir", languages=["zh-Hant", "ru"])
    assert {one.language for one in read_questions(tmp_path / "out" / "queries.jsonl")} == {"ru", "zh_Hant"}


def test_beir_without_queries(build, pool, tmp_path: Path) -> None:
    export_index(build(queries=None), tmp_path / "out", "beir")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["corpus.jsonl"]
    assert read_passages(tmp_path / "out" / "corpus.jsonl") == pool


def test_queries_build_the_same_index(build, tmp_path: Path) -> None:
    generation = Generation(("hand",), seed=7, block_size=3)
    first = build(generation=generation)
    export_index(first, tmp_path / "out", "trec-queries")
    found = read_queries(tmp_path / "out" / "queries.jsonl")
    assert {(query.seed, query.generator) for query in found} == {(7, "hand")}
    second = build("second", queries=queries_by_language(found), generation=generation)
    assert second.manifest == first.manifest  # its content is a hash of every row
    np.testing.assert_array_equal(second.fused(), first.fused())


def test_trec_files(build, pool, tmp_path: Path) -> None:
    queries = {"ja": {"p0": ["質\t問\r\n2", " ", "質問"]}, "ru": {}}
    told = export_index(build(queries=queries), tmp_path / "out", "trec-queries")
    assert told == "2 generated queries (ja 2, ru 0)"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "qrels.ja.txt", "qrels.ru.txt", "queries.ja.tsv", "queries.jsonl", "queries.ru.tsv",
    ]  # fmt: skip
    with (tmp_path / "out" / "queries.ja.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    assert rows == [["p0#ja#0", "質 問 2"], ["p0#ja#2", "質問"]]
    judged = (tmp_path / "out" / "qrels.ja.txt").read_text().splitlines()
    assert [line.split() for line in judged] == [["p0#ja#0", "0", "p0", "1"], ["p0#ja#2", "0", "p0", "1"]]
    assert [query.text for query in read_queries(tmp_path / "out" / "queries.jsonl")] == queries["ja"]["p0"]


def test_trec_in_some_languages(build, tmp_path: Path) -> None:
    export_index(build(), tmp_path / "out", "trec-queries", languages=["ru"])
    assert {query.language for query in read_queries(tmp_path / "out" / "queries.jsonl")} == {"ru"}
    assert not (tmp_path / "out" / "queries.ja.tsv").exists()


def nothing_at(out: Path) -> bool:
    return not out.exists() and not (out.parent / f".{out.name}.partial").exists()


@pytest.mark.parametrize(
    ("to", "options", "says"),
    [
        ("csv", {}, "unknown format 'csv'; use one of beir, faiss, npy, trec-queries"),
        (
            "npy",
            {"languages": ["fi"]},
            "no generated queries in 'fi' are stored; choose from: ja, ru, zh_Hant",
        ),
        ("npy", {"alpha": 1.5}, "must lie between 0"),
        ("beir", {"alpha": 0.5}, "`alpha` weighs vectors, and beir holds texts alone; leave it out"),
        ("trec-queries", {"alpha": 0.5}, "`alpha` weighs vectors, and trec-queries holds texts alone"),
    ],
)
def test_wrong_requests(build, tmp_path: Path, to: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(XqgError, match=says):
        export_index(build(), tmp_path / "out", to, **options)
    assert nothing_at(tmp_path / "out")


def test_no_queries_for_trec(build, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no generated queries are stored"):
        export_index(build(queries=None), tmp_path / "out", "trec-queries")
    assert nothing_at(tmp_path / "out")


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_there_stays(build, tmp_path: Path, to: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(XqgError, match="not empty"):
        export_index(build(), tmp_path / "out", to)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


@pytest.mark.parametrize("to", FORMATS)
def test_ids_that_the_format_cannot_hold(build, tmp_path: Path, to: str) -> None:
    index = build(passages=[Passage("a\nb", "", "Text.", "en")], queries={"ja": {"a\nb": ["質問"]}})
    with pytest.raises(XqgError, match=r"passage id 'a\\nb'"):
        export_index(index, tmp_path / "out", to)
    assert nothing_at(tmp_path / "out")


@pytest.mark.parametrize("to", FORMATS)
def test_a_damaged_index_leaves_nothing(build, tmp_path: Path, to: str) -> None:
    index = build()
    for file in (index.path / "passages.lance" / "data").iterdir():
        file.write_bytes(b"damaged")
    with pytest.raises(XqgError, match="is damaged: its bytes are not those that were written; `xqg verify"):
        export_index(StoredIndex.open(index.path), tmp_path / "out", to)
    assert nothing_at(tmp_path / "out")


def test_a_field_called_as_the_id(build, tmp_path: Path) -> None:
    index = build(passages=[Passage("a", "", "Text.", "en", {"_id": "b"})], queries=None)
    with pytest.raises(XqgError, match="has a field '_id'"):
        export_index(index, tmp_path / "out", "beir")
    assert nothing_at(tmp_path / "out")
