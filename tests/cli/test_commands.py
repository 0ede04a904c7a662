"""Three documents of one's own: generate, index, search, retrieve, evaluate, info, end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stored_rows import rows_digest
from xqg.evaluation import read_trec
from xqg.index import StoredIndex
from xqg.queries import read_queries


def read_json(text: str) -> Any:
    return json.loads(text)


def same_ranking(pairs: list[tuple[str, float]], hits: list[dict[str, Any]]) -> None:
    """Questions encoded in another batch may differ in a score's last bits."""
    assert [id_ for id_, _ in pairs] == [hit["id"] for hit in hits]
    assert [score for _, score in pairs] == pytest.approx([hit["score"] for hit in hits], rel=1e-5)


def test_generate_index_search_retrieve_evaluate(xqg, own: Path, bert_folder: Path, mt5_folder: Path) -> None:
    folder = own.parent
    made = xqg(
        "generate", own, "--generator", mt5_folder, "--languages", "ja,ru", "--per-language", "2",
        "--encoder", bert_folder, "--out", folder / "made.jsonl", "--device", "cpu",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert "12 queries for 3 passages in ja, ru" in made.out
    assert not (folder / "made.jsonl.parts").exists()
    queries = read_queries(folder / "made.jsonl")
    assert [(q.passage_id, q.language) for q in queries[:3]] == [
        ("tokyo", "ja"),
        ("tokyo", "ja"),
        ("rome", "ja"),
    ]

    common = [own / "corpus.jsonl", "--encoder", bert_folder, "--languages", "ja,ru"]
    sampled = xqg("index", *common, "--generator", mt5_folder, "--per-language", "2", "--out", folder / "a")
    assert sampled.code == 0, sampled.err
    assert "3 passages" in sampled.out
    assert not (folder / "a.parts").exists()
    from_file = xqg("index", *common, "--queries", folder / "made.jsonl", "--out", folder / "b")
    assert from_file.code == 0, from_file.err
    a, b = StoredIndex.open(folder / "a"), StoredIndex.open(folder / "b")
    assert rows_digest(a) == rows_digest(b)  # the same queries, the same vectors
    assert a.manifest.generation.prompt is not None
    assert (b.manifest.generation.per_language, b.manifest.generation.seed) == (2, 0)
    assert b.manifest.generation.generators == (str(mt5_folder),)

    found = xqg("search", folder / "a", "What is the capital of Japan?", "-k", "2", "--json")
    assert (found.code, found.err) == (0, "")
    hits = read_json(found.out)
    assert [list(hit) for hit in hits] == [["rank", "score", "id", "title", "text", "language"]] * 2
    assert [hit["rank"] for hit in hits] == [1, 2]
    run_file = folder / "run.trec"
    retrieved = xqg("retrieve", folder / "a", own, "--out", run_file)
    assert (retrieved.code, retrieved.err) == (0, "")
    run = read_trec(run_file)
    assert set(run) == {"q1", "q2", "q3", "q4"}
    assert all(len(pairs) == 3 for pairs in run.values())  # k = 100 is more than the pool
    same_ranking(run["q1"][:2], hits)

    measured = xqg("evaluate", run_file, "--benchmark", own, "--out", folder / "results")
    said = "xqg: warning: left out: R@2kt (all 3 passages hold 23 tokens, it reads 2000)\n"
    assert (measured.code, measured.err) == (0, said)
    assert {path.name for path in (folder / "results").iterdir()} == {
        "results.json", "report.md", "settings.json", "per_query.parquet",
    }  # fmt: skip
    results = read_json((folder / "results" / "results.json").read_text())
    assert results["settings"]["measures"] == ["R@1", "R@5", "RR@10", "Answer@1", "Answer@5"]
    rows = {(row["query_language"], row["measure"]): row for row in results["rows"]}
    assert rows["macro", "R@5"]["value"] == 1.0  # three passages only
    assert rows["en", "R@5"]["questions"] == 2
    assert rows["macro", "R@5"]["questions"] == 4


def test_plain_search_lines(xqg, own: Path, static_folder: Path) -> None:
    index = own.parent / "index"
    assert xqg("index", own, "--encoder", static_folder, "--out", index).code == 0
    result = xqg("search", index, "The river flows through Köln [Cologne].", "-k", "1")
    rank, score, id_, title, text = result.out.rstrip("\n").split("\t")
    assert (rank, id_, title) == ("1", "rhine", "")
    assert text == "The river flows through Köln [Cologne]."
    assert score == f"{float(score):.4f}"


def test_reweighting_at_search_equals_another_index(
    xqg, own: Path, queries_file: Path, prompted_folder: Path
) -> None:
    folder = own.parent
    base = ["index", own, "--encoder", prompted_folder, "--queries", queries_file]
    assert "1 blank ones left out" in xqg(*base, "--out", folder / "all").out
    assert xqg(*base, "--alpha", "0.5", "--languages", "ru", "--out", folder / "ru").code == 0
    assert StoredIndex.open(folder / "ru").languages == ("ru",)
    assert StoredIndex.open(folder / "all").manifest.fusion == "normalised"
    question = "川はどこですか?"
    one = xqg("search", folder / "all", question, "--alpha", "0.5", "--languages", "ru", "--json")
    other = xqg("search", folder / "ru", question, "--json")
    default = xqg("search", folder / "all", question, "--json")
    assert read_json(one.out) == read_json(other.out)
    assert read_json(default.out) != read_json(one.out)


def test_auto_routes_by_the_questions_language(xqg, own: Path, queries_file: Path, bert_folder: Path) -> None:
    folder = own.parent
    index = folder / "index"
    assert (
        xqg(
            "index",
            own,
            "--encoder",
            bert_folder,
            "--queries",
            queries_file,
            "--alpha",
            "0.4",
            "--out",
            index,
        ).code
        == 0
    )
    question = "日本の首都は?"
    only = xqg("search", index, question, "--languages", "ja", "--json").out
    assert xqg("search", index, question, "--languages", "auto", "--json").out == only  # detected
    assert (
        xqg("search", index, question, "--languages", "auto", "--query-language", "ja", "--json").out == only
    )
    given = xqg("search", index, question, "--languages", "auto", "--query-language", "ru", "--json").out
    assert given == xqg("search", index, question, "--languages", "ru", "--json").out != only

    # A question that names no language is detected, or has the one given.
    asked = folder / "asked.jsonl"
    asked.write_text(json.dumps({"_id": "q", "text": question}, ensure_ascii=False) + "\n", encoding="utf-8")
    for extra, expected in (([], only), (["--query-language", "ru"], given)):
        out = folder / f"run{len(extra)}.trec"
        assert xqg("retrieve", index, asked, "--languages", "auto", *extra, "--out", out).code == 0
        pairs = read_trec(out)["q"]
        same_ranking(pairs, read_json(expected))


def test_info(xqg, own: Path, queries_file: Path, bert_folder: Path) -> None:
    index = own.parent / "index"
    assert xqg("index", own, "--encoder", bert_folder, "--queries", queries_file, "--out", index).code == 0
    facts = read_json(xqg("info", index, "--json").out)
    assert facts["vector_bytes_per_passage"] == (1 + 2) * 2 * 16
    counts = facts["manifest"]["counts"]
    assert (counts["passages"], counts["queries"], counts["blank"]) == (3, {"ja": 5, "ru": 3}, 1)
    assert (counts["skipped"], counts["removed"]) == (0, {})
    assert facts["manifest"]["generation"]["per_language"] is None  # 2 in ja, 1 in ru
    assert facts["manifest"]["generation"]["seed"] == 3
    assert facts["disk_bytes"]["dataset"] > 0
    text = xqg("info", index).out
    assert "(1+L)·2d = (1+2)·2·16 = 96 bytes per passage" in text
    assert "ja 5, ru 3" in text


def test_lengths_are_kept_in_the_index(xqg, own: Path, bert_folder: Path) -> None:
    index = own.parent / "index"
    made = xqg(
        "index", own, "--encoder", bert_folder, "--passage-length", "8", "--query-length", "6", "--out", index
    )
    assert made.code == 0, made.err
    record = StoredIndex.open(index).manifest.encoder
    assert (record.passage_length, record.query_length) == (8, 6)


def test_generation_goes_on_where_it_stopped(xqg, own: Path, mt5_folder: Path, monkeypatch) -> None:
    folder = own.parent
    arguments = ["generate", own, "--generator", mt5_folder, "--languages", "ja,ru", "--per-language", "1",
                 "--block-size", "2"]  # fmt: skip
    assert xqg(*arguments, "--out", folder / "whole.jsonl").code == 0
    from xqg.queries import Seq2SeqGenerator

    real, calls = Seq2SeqGenerator.generate_block, []

    def stops(self, *rest):
        calls.append(rest)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *rest)

    monkeypatch.setattr(Seq2SeqGenerator, "generate_block", stops)
    stopped = xqg(*arguments, "--out", folder / "again.jsonl")
    assert stopped.code == 130
    assert not (folder / "again.jsonl").exists()
    assert xqg(*arguments, "--out", folder / "again.jsonl").code == 0
    assert len(calls) == 3 + 2  # four blocks, of which two were kept
    assert (folder / "again.jsonl").read_bytes() == (folder / "whole.jsonl").read_bytes()
    assert not (folder / "again.jsonl.parts").exists()


def test_an_untrained_language_warns_once(xqg, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    import shutil

    model = tmp_path / "carded"
    shutil.copytree(bert_folder, model)
    (model / "README.md").write_text("---\nlanguage: en\n---\n")
    (own / "corpus.jsonl").write_text('{"_id": "1", "text": "日本", "language": "ja"}\n', encoding="utf-8")
    result = xqg("index", own, "--encoder", model, "--out", tmp_path / "index")
    assert result.code == 0
    assert result.err == f"xqg: warning: encoder {model} was not trained for ja (its model card says so)\n"


def test_numbers_that_can_be_checked_by_hand(xqg, own: Path) -> None:
    run = own.parent / "run.trec"
    # q1: rank 1. q2: rank 2. q3: rank 3. q4: rank 1, question missing from no language.
    ranked = {
        "q1": "tokyo rome rhine",
        "q2": "tokyo rome rhine",
        "q3": "rome rhine tokyo",
        "q4": "rhine rome tokyo",
    }
    run.write_text(
        "".join(
            f"{q} Q0 {p} {n} {10 - n} t\n" for q, ids in ranked.items() for n, p in enumerate(ids.split(), 1)
        )
    )
    out = own.parent / "results"
    result = xqg("evaluate", run, "--benchmark", own, "--measures", "RR@10 R@1 Answer@1", "--out", out)
    assert result.out.splitlines()[1].split() == ["en", "2", "0.7500", "0.5000", "0.5000"]
    rows = read_json((out / "results.json").read_text())["rows"]
    values = {(row["query_language"], row["measure"]): row["value"] for row in rows}
    assert values["en", "RR@10"] == pytest.approx((1 + 1 / 2) / 2)
    assert values["ja", "RR@10"] == pytest.approx((1 / 3 + 1) / 2)
    assert values["macro", "RR@10"] == pytest.approx(np.mean([(1 + 1 / 2) / 2, (1 / 3 + 1) / 2]))
    assert values["ja", "Answer@1"] == 0.5
    report = (out / "report.md").read_text()
    assert "| en | 2 | 0.7500 | 0.5000 | 0.5000 |" in report
    assert str(own.parent) not in report  # no path of this machine


def test_missing_questions_count_zero_where_allowed_and_are_told(xqg, own: Path) -> None:
    run, out = own.parent / "run.trec", own.parent / "results"
    run.write_text("q1 Q0 tokyo 1 1 t\n")
    result = xqg("evaluate", run, "--benchmark", own, "--measures", "R@1", "--allow-missing", "--out", out)
    assert result.out.splitlines()[1:] == ["en                2  0.5000"]
    assert result.err.splitlines() == [
        "xqg: warning: the run lacks questions in en: 1, which count 0; the first is 'q2'",
        "xqg: warning: the run has no question in ja; that language is not evaluated",
    ]
    assert read_json((out / "results.json").read_text())["settings"]["missing_questions"] == {"en": 1}


def test_default_measures_are_those_that_apply(xqg, own: Path) -> None:
    queries = own / "queries.jsonl"
    rows = [json.loads(line) for line in queries.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        del row["answers"]
    queries.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = own.parent / "run.trec"
    run.write_text("q1 Q0 tokyo 1 1 t\nq2 Q0 tokyo 1 1 t\n")
    assert (
        xqg("evaluate", run, "--benchmark", own, "--query-language", "en", "--out", own.parent / "r").code
        == 0
    )
    settings = read_json((own.parent / "r" / "results.json").read_text())["settings"]
    assert settings["measures"] == ["R@1", "R@5", "RR@10"]
    assert settings["tokenizer"] is None


def test_parallel_questions_need_a_language(xqg, refused, tmp_path: Path) -> None:
    from xqg.benchmarks import load

    atlas = load("atlas")
    run = tmp_path / "run.trec"
    question = atlas.questions_in("fi")[0]
    [relevant] = list(atlas.qrels[question.id])[:1]
    run.write_text(f"{question.id} Q0 {relevant} 1 1 t\n")
    out = tmp_path / "results"
    assert "--query-language" in refused("evaluate", run, "--benchmark", "atlas", "--out", out)
    assert not out.exists()
    chosen = ["--query-language", "fi", "--measures", "R@1", "--allow-missing"]
    result = xqg("evaluate", run, "--benchmark", "atlas", *chosen, "--out", out)
    assert result.code == 0
    assert "which count 0" in result.err
    rows = read_json((out / "results.json").read_text())["rows"]
    assert [row["query_language"] for row in rows] == ["fi"]
    assert rows[0]["value"] * rows[0]["questions"] == pytest.approx(1 / len(atlas.qrels[question.id]))
