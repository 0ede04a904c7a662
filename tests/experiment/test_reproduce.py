"""Reproducing a table: what is out of reach, a comparison of a recipe, and the whole pipeline over an index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from stored_rows import rows_digest
from xqg.benchmarks.benchmark import Benchmark
from xqg.encoding import load_encoder
from xqg.errors import XqgError
from xqg.evaluation import read_trec
from xqg.experiment.compare import compare
from xqg.experiment.recipe import MACRO, MEAN, Recipe, read_recipe
from xqg.experiment.reproduce import reproduce
from xqg.experiment.results import Results
from xqg.index import StoredIndex
from xqg.progress import Change
from xqg.queries.seq2seq import Seq2SeqGenerator

TEXTS = {
    "Tokyo": "The capital of Japan is Tokyo, and its population is large.",
    "Rome": "In which year did the Roman empire fall? Nobody agrees on an answer.",
    "Rhine": "The river flows through Cologne.",
    "Moscow": "Moscow is the capital of Russia.",
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four passages; two questions in Japanese, three in Russian, one of which is yes/no."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [f"{number}\t{text}\t{title}\n" for number, (title, text) in enumerate(TEXTS.items(), start=1)]
    (folder / "wiki.tsv").write_text("id\ttext\ttitle\n" + "".join(rows))
    questions = [
        ("1", "ja", "日本の首都は?", ["Tokyo"]),
        ("2", "ja", "川は?", ["Danube"]),
        ("3", "ru", "Это так?", ["yes"]),
        ("4", "ru", "Где столица?", ["Moscow"]),
        ("5", "ru", "Какая река?", ["Cologne"]),
    ]
    with (folder / "q.jsonl").open("w", encoding="utf-8") as file:
        for id_, lang, text, answers in questions:
            row = {"id": id_, "lang": lang, "question": text, "answers": answers, "split": "dev"}
            file.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture
def values(bert_folder: Path, mt5_folder: Path) -> dict[str, Any]:
    """A recipe with small models of the real classes, for a pool of any size."""
    return {
        "benchmark": "xor-tydi",
        "encoder": str(bert_folder),
        "generator": str(mt5_folder),
        "languages": ["ja", "ru"],
        "query_languages": ["ja", "ru"],
        "systems": ["none", "cross"],
        "alpha": 0.5,
        "per_language": 2,
        "seed": 0,
        "fusion": "raw",
        "passage_length": 24,
        "query_length": 16,
        "depth": 500,
        "note": "A note of the recipe's.",
        "expected": {
            "none": {"R@2kt": {"ja": 50.0, "macro": 75.0}, "R@5kt": {}},
            "cross": {"R@2kt": {"ja": 50.0}, "R@5kt": {"ru": 100}},
        },
    }


def _file(folder: Path, values: object, name: str = "recipe") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_all_that_is_out_of_reach_is_named_at_once(
    tmp_path: Path, values: dict[str, Any], data: Path
) -> None:
    out = tmp_path / "out"
    away = {**values, "encoder": "nobody/encoder", "generator": str(tmp_path / "absent")}
    with pytest.raises(XqgError) as error:
        reproduce(_file(tmp_path, away), out=out)
    line = str(error.value)
    assert line.startswith("nothing was started, for want of data: xor-tydi needs its files; give as `data`")
    assert "; and of encoder: encoder 'nobody/encoder' is neither a local folder nor reachable" in line
    assert "`hf download nobody/encoder`" in line
    assert f"; and of generator: {tmp_path / 'absent'}: no such folder" in line
    assert "\n" not in line
    with pytest.raises(XqgError) as error:
        reproduce(_file(tmp_path, {**values, "generator": "nobody/generator"}), data=data, out=out)
    assert str(error.value).startswith("nothing was started, for want of generator: ")
    with pytest.raises(XqgError, match="no questions in 'fi'; it has ja, ru"):
        reproduce(_file(tmp_path, {**values, "query_languages": ["ja", "ru", "fi"]}), data=data, out=out)
    with pytest.raises(XqgError, match="nothing was started, for want of data: unknown benchmark 'xor'"):
        reproduce(_file(tmp_path, {**values, "benchmark": "xor"}), out=out)
    assert not out.exists()


def test_wrong_arguments(tmp_path: Path, values: dict[str, Any], data: Path) -> None:
    path = _file(tmp_path, values)
    with pytest.raises(XqgError, match="`limit` is 0; give a whole number"):
        reproduce(path, data=data, limit=0, out=tmp_path / "out")
    with pytest.raises(XqgError, match="`out` is 3"):
        reproduce(path, data=data, out=3)  # type: ignore[arg-type]
    with pytest.raises(XqgError, match="`recipe` is 3; give a YAML file"):
        reproduce(3)  # type: ignore[arg-type]
    with pytest.raises(XqgError, match="no such recipe"):
        reproduce(tmp_path / "absent.yaml")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"systems": ["none", "mono", "cross"]}, "serves the systems none, cross, not mono; leave it out"),
        ({"alpha": "tuned"}, "cannot be tuned on; give alpha a number in the recipe"),
        ({"generator": None}, "a pool of this size needs a generator"),
        ({"fold": "0/2"}, "a pool of this size is not served with fold; remove it from the recipe"),
        ({"aggregations": "sum,max"}, "not served with aggregations"),
        ({"reader": "mini"}, "not served with reader"),
        ({"query_languages": None, "expected": {"none": {"R@2kt": {"fi": 1}}}}, "in 'fi', in which no question is asked"),
    ],
)
def test_what_a_large_pool_is_not_served_with(
    tmp_path: Path, values: dict[str, Any], data: Path, change: dict[str, Any], says: str
) -> None:
    changed = {key: value for key, value in {**values, **change}.items() if value is not None}
    with pytest.raises(XqgError, match=says):
        reproduce(_file(tmp_path, changed), data=data, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_whole_pipeline(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Change] = []

    @contextmanager
    def listening(queries_each: float = 0) -> Iterator[Any]:
        assert queries_each == 2 * 2  # languages, queries in each
        yield told.append

    monkeypatch.setattr("xqg.experiment.reproduce.changing", listening)
    out = tmp_path / "out"
    results = reproduce(_file(tmp_path, values), data=data, out=out, device="cpu")
    assert [(one.passages, one.total, one.queries) for one in told][-1] == (4, 4, 16)
    # Every run holds the four passages, so that the figures are known: of two Japanese questions one
    # has its answer in the pool; of the Russian ones both that are counted.
    assert {code: results.mean("none", "R@2kt", code) for code in ("ja", "ru")} == {"ja": 0.5, "ru": 1.0}
    assert {path.name for path in out.iterdir()} == {
        "settings.json", "index", "runs", "results.json", "report.md", "per_query.parquet",
    }  # fmt: skip
    index = StoredIndex.open(out / "index")
    assert index.counts.queries == {"ja": 8, "ru": 8}
    assert (index.manifest.fusion, index.manifest.generation.per_language) == ("raw", 2)
    _check_runs(values, out, index)
    lines = [line.split() for line in str(results).splitlines()]
    assert lines[0] == ["system", "alpha", "measure", "figures", "ja", "ru", "macro"]
    assert lines[1] == ["none", "0", "R@2kt", "expected", "50.00", "-", "75.00"]
    assert lines[2] == ["none", "0", "R@2kt", "got", "50.00", "100.00", "75.00"]
    assert lines[3] == ["none", "0", "R@5kt", "expected", "-", "-", "-"]  # of which nothing was published
    assert lines[5][:4] == ["cross", "0.5", "R@2kt", "expected"]
    assert str(results).splitlines()[1 + 2 * 2 * 2 :] == ["A note of the recipe's."]
    written = json.loads((out / "results.json").read_text())
    assert written["notes"] == ["A note of the recipe's."]
    assert len(written["rows"]) == 2 * 2 * 3
    assert written["rows"][2] == {
        "system": "none", "alpha": 0.0, "query_language": "macro", "measure": "R@2kt",
        "expected": 0.75, "value": 0.75,
    }  # fmt: skip
    assert written["rows"][1]["expected"] is None
    assert written["settings"]["recipe"]["passage_length"] == 24
    assert written["settings"]["encoder"]["passage_length"] == 24
    report = (out / "report.md").read_text()
    assert "A note of the recipe's." in report
    assert "do not apply" not in report
    assert "| none | 0 | R@2kt | got | 50.00 | 100.00 | 75.00 |" in report


def _check_runs(values: dict[str, Any], out: Path, index: StoredIndex) -> None:
    """Scores are those of (1-α)·p + α·Σq, computed here from the stored parts."""
    encoder = load_encoder(values["encoder"], device="cpu", passage_length=24, query_length=16)
    [question] = encoder.encode_queries(["日本の首都は?"])
    p, sums = index.parts()
    for name, alpha in (("none", 0.0), ("cross", 0.5)):
        run = read_trec(out / "runs" / f"{name}.ja.trec")
        assert set(run) == {"1", "2"}
        expected = ((1 - alpha) * p + alpha * sum(sums)) @ question
        scores = dict(run["1"])
        assert [scores[id_] for id_ in index.ids()] == pytest.approx(expected.tolist(), rel=1e-4, abs=1e-3)
    assert np.abs(sum(sums)).max() > 0


def test_a_reproduction_is_read_back(tmp_path: Path, values: dict[str, Any], data: Path) -> None:
    out = tmp_path / "out"
    results = reproduce(_file(tmp_path, values), data=data, out=out, device="cpu")
    loaded = Results.load(out)
    assert loaded.description.kind == "reproduction"
    assert (loaded.values, loaded.settings) == (results.values, results.settings)
    assert loaded.alphas["raw-alpha-0.5", 0, "cross"] == dict.fromkeys("1245", 0.5)  # the others are not counted
    assert loaded.expected == results.expected
    assert loaded.expected["none", MACRO, "R@2kt"] == 0.75
    assert str(loaded) == str(results)
    assert "<caption>Expected and got</caption>" in loaded._repr_html_() == results._repr_html_()
    loaded.save(tmp_path / "elsewhere")
    for name in ("results.json", "report.md", "per_query.parquet", "settings.json"):
        assert (tmp_path / "elsewhere" / name).read_bytes() == (out / name).read_bytes()
    frame = loaded.frame
    here = (frame.system == "none") & (frame.query_language == "ja") & (frame.measure == "R@2kt")
    assert set(frame[here].expected) == {0.5}
    assert frame[~here & (frame.system == "none")].expected.isna().all()


def test_the_second_run_takes_what_the_first_made(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = _file(tmp_path, values), tmp_path / "out"
    first = reproduce(path, data=data, out=out, device="cpu")
    with monkeypatch.context() as patch:
        patch.setattr("xqg.experiment.reproduce.build_index", None)  # would fail if it were called
        assert reproduce(path, data=data, out=out, device="cpu").values == first.values
    with pytest.raises(XqgError, match="holds another comparison: limit is null there and 1 now"):
        reproduce(path, data=data, out=out, limit=1, device="cpu")
    with pytest.raises(XqgError, match="holds another comparison: recipe"):
        reproduce(_file(tmp_path, {**values, "seed": 1}), data=data, out=out, device="cpu")


def test_a_run_goes_on_with_the_queries_it_made(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, values)
    whole = reproduce(path, data=data, out=tmp_path / "whole", device="cpu")
    real, languages = Seq2SeqGenerator.generate_block, []

    def stops(self: Seq2SeqGenerator, passages: Any, language: str, n: int, seed: int) -> list[list[str]]:
        languages.append(language)
        if languages == ["ja", "ru"]:
            raise KeyboardInterrupt
        return real(self, passages, language, n, seed)

    monkeypatch.setattr(Seq2SeqGenerator, "generate_block", stops)
    with pytest.raises(KeyboardInterrupt):
        reproduce(path, data=data, out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out" / "index").exists()
    assert reproduce(path, data=data, out=tmp_path / "out", device="cpu").values == whole.values
    assert languages == ["ja", "ru", "ru"]
    assert not (tmp_path / "out" / "index.parts").exists()
    contents = {rows_digest(StoredIndex.open(tmp_path / name / "index")) for name in ("whole", "out")}
    assert len(contents) == 1


def test_a_limit(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    results = reproduce(_file(tmp_path, values, "small"), data=data, limit=1, device="cpu")
    out = tmp_path / "small-limit-1"
    assert StoredIndex.open(out / "index").ids() == ["1"]
    # The yes/no question would not be counted, and a language without a counted one has no figure.
    assert [sorted(read_trec(out / "runs" / f"none.{code}.trec")) for code in ("ja", "ru")] == [["1"], ["4"]]
    assert results.settings["passage_languages"] == ["en"]
    assert [results.mean("none", "R@2kt", code) for code in ("ja", "ru")] == [1.0, 0.0]
    lines = str(results).splitlines()
    assert [line.split()[3] for line in lines[:5]] == ["figures", *["got"] * 4]
    assert "Only the first 1 passages and the first 1 questions per language: expected figures do not apply." in lines
    written = json.loads((out / "results.json").read_text())
    assert {row["expected"] for row in written["rows"]} == {None}
    assert Results.load(out).expected == {}


# A pool that fits in memory is compared


@pytest.fixture
def own(tmp_path: Path, tiny: Benchmark) -> Path:
    """The tiny benchmark as a BEIR folder, whose questions have ids of their own in each language."""
    folder = tmp_path / "own"
    (folder / "qrels").mkdir(parents=True)
    passages = [{"_id": one.id, "title": "", "text": one.text} for one in tiny.passages]
    questions = [
        {"_id": f"{one.id}{one.language}", "text": one.text, "language": one.language} for one in tiny.questions
    ]
    for name, rows in (("corpus", passages), ("queries", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    judged = "".join(f"{one.id}{one.language}\tp{one.id[1:]}\t1\n" for one in tiny.questions)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + judged)
    return folder


@pytest.fixture
def compared(own: Path, bert_folder: Path, queries_file: Path) -> dict[str, Any]:
    return {
        "benchmark": str(own), "encoder": str(bert_folder), "queries": queries_file.name,
        "systems": ["none", "mono", "cross", "bm25"], "alpha": "tuned", "measures": "R@1 RR@10",
        "expected": {
            "none": {"R@1": {"mean": 12.5, "macro": 20}}, "cross": {"R@1": {"ja": 50, "mean": 30}, "MRR@10": {"fi": 1.5}},
        },
    }  # fmt: skip


def test_a_recipe_is_a_comparison(
    tmp_path: Path, compared: dict[str, Any], own: Path, bert_folder: Path, queries_file: Path, few_rounds: None
) -> None:
    out = tmp_path / "out"
    results = reproduce(_file(tmp_path, compared), out=out)
    plain = compare(
        str(own), encoder=str(bert_folder), queries=queries_file, systems="none,mono,cross,bm25", alpha="tuned",
        measures="R@1 RR@10",
    )  # fmt: skip
    assert results.values == plain.values
    assert results.settings == plain.settings
    assert results.contrast("cross", "mono") == plain.contrast("cross", "mono")
    assert {path.name for path in out.iterdir()} == {
        "comparison", "settings.json", "results.json", "report.md", "per_query.parquet",
    }  # fmt: skip
    assert (out / "comparison" / "report.html").is_file()  # its own reports
    assert (out / "comparison" / "runs" / "cross.ja.trec").is_file()
    lines = [line.split() for line in str(results).splitlines()]
    assert lines[0] == ["system", "alpha", "measure", "figures", "en", "fi", "ja", "macro", "mean"]
    assert [line[:4] for line in lines[1:]] == [
        [name, alpha, measure, figures]
        for name, alpha, measure in (("none", "0", "R@1"), ("cross", lines[3][1], "R@1"), ("cross", lines[3][1], "RR@10"))
        for figures in ("expected", "got")
    ]
    assert lines[1][4:] == ["-", "-", "-", "20.00", "12.50"]
    assert lines[3][4:] == ["-", "-", "50.00", "-", "30.00"]
    means = [plain.mean("none", "R@1", code) for code in ("en", "fi", "ja")]
    assert lines[2][4:] == [f"{100 * value:.2f}" for value in (*means, sum(means) / 3, sum(means[1:]) / 2)]
    assert lines[5][5] == "1.50"
    assert results.expected["cross", MEAN, "R@1"] == 0.3
    assert results.expected["none", MACRO, "R@1"] == 0.2
    loaded = Results.load(out)
    assert str(loaded) == str(results)
    assert str(Results.load(out / "comparison")) == str(plain)
    assert reproduce(_file(tmp_path, compared), out=out).values == results.values  # goes on where it is


def test_a_comparison_with_a_limit(tmp_path: Path, compared: dict[str, Any], few_rounds: None) -> None:
    """Questions whose passage is not among the first ones find nothing; α is tuned all the same."""
    results = reproduce(_file(tmp_path, compared), out=tmp_path / "out", limit=4)
    assert (results.settings["passages"], results.settings["questions"]) == (4, 12)
    assert results.expected == {}
    assert "expected figures do not apply" in str(results)
    assert {row.split()[3] for row in str(results).splitlines()[1:] if "R@1" in row} == {"got"}


def test_a_comparison_whose_question_has_no_passage_in_the_pool(
    tmp_path: Path, compared: dict[str, Any], own: Path, few_rounds: None
) -> None:
    corpus = (own / "corpus.jsonl").read_text().splitlines(keepends=True)
    (own / "corpus.jsonl").write_text("".join(reversed(corpus)))  # p5 first, q0 first
    results = reproduce(_file(tmp_path, compared), out=tmp_path / "out", limit=2)
    assert results.mean("none", "R@1") == results.mean("cross", "RR@10") == 0.0


def test_another_recipe_in_the_folder_is_refused(tmp_path: Path, compared: dict[str, Any], few_rounds: None) -> None:
    out = tmp_path / "out"
    reproduce(_file(tmp_path, compared), out=out)
    before = (out / "results.json").read_bytes()
    with pytest.raises(XqgError, match=r'holds another comparison: alpha is "tuned" there and 0.1 now'):
        reproduce(_file(tmp_path, {**compared, "alpha": 0.1}), out=out)
    with pytest.raises(XqgError, match="holds another comparison: passages is 6 there and 5 now"):
        reproduce(_file(tmp_path, compared), out=out, limit=5)
    assert (out / "results.json").read_bytes() == before


def test_a_recipe_in_memory(tmp_path: Path, compared: dict[str, Any], queries_file: Path, few_rounds: None) -> None:
    arguments = {key: value for key, value in compared.items() if key != "expected"}
    recipe = Recipe({**arguments, "queries": str(queries_file)}, {"none": {"R@1": {"mean": 12.5}}})
    results = reproduce(recipe, out=tmp_path / "out")
    assert results.values == reproduce(_file(tmp_path, compared), out=tmp_path / "file").values


def test_figures_of_a_language_that_is_not_asked_in(tmp_path: Path, compared: dict[str, Any]) -> None:
    changed = {**compared, "expected": {"none": {"R@1": {"sv": 1}}}}
    with pytest.raises(XqgError, match="the recipe expects R@1 of none in 'sv', in which no question is asked"):
        reproduce(_file(tmp_path, changed), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_passages_in_a_language_that_the_recipe_names(
    tmp_path: Path, compared: dict[str, Any], few_rounds: None
) -> None:
    changed = {**compared, "passage_language": "fi", "systems": ["none"], "expected": {"none": {"R@1": {"mean": 1}}}}
    results = reproduce(_file(tmp_path, changed), out=tmp_path / "out")
    assert results.settings["passage_languages"] == ["fi"]
    assert results.settings["mean_over"] == ["en", "ja"]


def test_read_recipe_is_what_reproduce_reads(tmp_path: Path, compared: dict[str, Any]) -> None:
    assert read_recipe(_file(tmp_path, compared)).arguments["queries"] == str(tmp_path / "queries.jsonl")
